/*
 * commands - every POST that the leader carries out: what is asked becomes a
 * command (jobs/command), is put on record (web/deed), sent (web/delivery) and
 * answered with the leader's answer (web/replies).
 *
 * Body: a JSON object, see web/wish.  Idempotency-Key becomes the command's id.
 */
#ifndef PULSE_COMMANDS_H
#define PULSE_COMMANDS_H

struct exchange;

/* POST of every path of its table, by the exchange's route. */
void commands_answer(struct exchange *x);

#endif
