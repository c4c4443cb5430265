/*
 * quality - counts of the records of a stream, by client and type, and the
 * quality lines that tell them.
 *
 *   struct quality *quality = quality_new();
 *   quality_count(quality, type, spans, &broken);          per record
 *   quality_write(quality, out);         one line per type; begins anew
 *   quality_free(quality);
 *
 * completeness  fields of share/records that are present, of those wanted
 * accuracy      records that broke no rule, of those checked
 * consistency   order and jq rules that held, of those asked
 * timeliness    records fetched at most 24 hours before they were checked
 *               (and at most 5 minutes after: clocks differ)
 */
#ifndef PULSE_QUALITY_H
#define PULSE_QUALITY_H

#include <stddef.h>

#include "records/ndjson.h"
#include "records/rules.h"

struct quality;

struct quality *quality_new(void);
void quality_free(struct quality *quality);

/* type NULL: the line is no JSON or no record, counted as of "none". */
void quality_count(struct quality *quality, const struct rules_type *type,
		   const struct json_span *spans,
		   const struct rules_broken *broken);
void quality_write(struct quality *quality, struct ndjson_out *out);

#endif
