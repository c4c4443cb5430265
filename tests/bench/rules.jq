# The rules of share/records for github_pr and jira_issue, as one would write
# them for jq: what breaks one is dropped, the rest printed.
def text: type == "string";
def number_or_null: . == null or type == "number";
def text_or_null: . == null or type == "string";
def truth_or_null: . == null or type == "boolean";
def time: type == "string" and
  test("^[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.,][0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})$");
def time_or_null: . == null or time;
def sha_or_null: . == null or (type == "string" and test("^[0-9a-f]{40,64}$"));
def count_or_null: . == null or (type == "number" and . >= 0 and . <= 1000000000);
def envelope:
  (.type | text) and (.client | type == "number") and (.source | text) and
  (.scope | text) and (.key | text) and (.fetched_at | time) and
  (.data | type == "object");
def github_pr:
  (.number | type == "number" and . >= 1 and . <= 1000000000) and
  (.id | number_or_null) and (.title | text) and
  (.state | . == "open" or . == "closed" or . == "merged") and
  (.draft | truth_or_null) and (.user | .login | text_or_null) and
  (.user | .type | text_or_null) and (.author_association | text_or_null) and
  (.created_at | time) and (.updated_at | time) and
  (.closed_at | time_or_null) and (.merged_at | time_or_null) and
  (.merged_by | .login | text_or_null) and (.additions | count_or_null) and
  (.deletions | count_or_null) and (.changed_files | count_or_null) and
  (.commits | count_or_null) and (.merge_commit_sha | sha_or_null) and
  (.base | .ref | text_or_null) and (.base | .sha | sha_or_null) and
  (.head | .ref | text_or_null) and (.head | .sha | sha_or_null) and
  (.head | .repo | .full_name | text_or_null) and
  (.merged_at == null or .created_at <= .merged_at) and
  (.closed_at == null or .created_at <= .closed_at);
def jira_issue:
  (.id | text) and (.key | text and test("^[A-Z][A-Z0-9_]*-[1-9][0-9]*$")) and
  (.fields |
    (.project | .id | text_or_null) and (.summary | text) and
    (.issuetype | .name | text) and (.issuetype | .id | text_or_null) and
    (.issuetype | .subtask | truth_or_null) and (.status | .name | text) and
    (.status | .id | text_or_null) and
    (.status | .statusCategory | .key | . == null or . == "new" or . == "indeterminate" or . == "done" or . == "undefined") and
    (.statuscategorychangedate | time_or_null) and (.priority | .name | text_or_null) and
    (.resolution | .name | text_or_null) and (.resolutiondate | time_or_null) and
    (.assignee | .displayName | text_or_null) and (.assignee | .accountId | text_or_null) and
    (.reporter | .displayName | text_or_null) and (.reporter | .accountId | text_or_null) and
    (.parent | .id | text_or_null) and (.parent | .key | text_or_null) and
    (.created | time) and (.updated | time) and
    (.created <= .updated) and (.resolutiondate == null or .created <= .resolutiondate));
select(envelope and
  (if .type == "github_pr" then .data | github_pr
   elif .type == "jira_issue" then .data | jira_issue
   else true end))
