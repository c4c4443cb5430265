/*
 * home - where things are.
 *
 * PULSE_HOME: the variable when set; else the folder above the binary's own
 * when that holds pipelines/ (a checkout); else $STATE_DIRECTORY; else
 * $XDG_STATE_HOME/pulse, ~/.local/state/pulse.  share: the folder above the
 * binary's own + /share when it holds records/; else the installed one; else
 * that of the checkout (units are in build/unit).
 * Returned strings are allocated; the caller frees them.
 */
#ifndef PULSE_HOME_H
#define PULSE_HOME_H

/* home_path("spool/pulse.db") = "PULSE_HOME/spool/pulse.db" */
char *home_path(const char *below);

/* The same when there is such a file, readable or not, else NULL. */
char *home_own(const char *below);

/* home_share("records") = ".../share/records" */
char *home_share(const char *below);

/* The file or folder BELOW of the installation, such as pipelines/ingest: from
 * the top of a checkout, or from share/pulse; NULL when there is none. */
char *home_installed(const char *below);

/* The program NAME: beside this one, else in libexec. */
char *home_program(const char *name);

/* The config file: given, else $PULSE_CONFIG, else PULSE_HOME/pulse.yaml when
 * that exists, else NULL. */
char *home_config(const char *given);

#endif
