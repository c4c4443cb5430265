/*
 * scrape - GET /metrics for Prometheus: what pulse-status --prom prints, and of
 * pulse-web itself:
 *
 *   pulse_web_clients              who listens for events now
 *   pulse_web_answers_total{class} requests answered, by 2xx, 4xx …
 *
 * In Prometheus' text format, or in OpenMetrics for who accepts that.
 */
#ifndef PULSE_SCRAPE_H
#define PULSE_SCRAPE_H

struct exchange;

void scrape_answer(struct exchange *x);

#endif
