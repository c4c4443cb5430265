/*
 * readings - the figures over HTTP: what metrics there are, and what they say.
 * The figures come from metrics(1), run as a program, which keeps its results;
 * who has them already is answered 304 without running anything.
 */
#ifndef PULSE_READINGS_H
#define PULSE_READINGS_H

struct exchange;

/* GET metrics: {"metrics":[{"metric","title" …}],"bands":[…]}, the metrics as
 * in measure/document.h, and the sets of bands. */
void readings_list(struct exchange *x);

/* GET metrics/{name}, of a metric or a set: json as in measure/document.h,
 * ndjson, csv (for saving), svg. */
void readings_answer(struct exchange *x);

#endif
