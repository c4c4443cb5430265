/*
 * websocket - the server's end of one WebSocket connection (RFC 6455), wslay
 * on a non-blocking socket in the caller's loop.  Sends text, pings and closes;
 * takes text, pongs, pings and closes.
 *
 *   struct websocket *ws = websocket_open(&config, fd, extra, len);
 *   poll fd for websocket_wants(ws)
 *   websocket_turn(ws, revents)        -1: over, websocket_free(ws)
 *   websocket_send(ws, text, len)      queued; -1: too much waits already
 *
 * A frame above WEBSOCKET_IN or a message of several above it ends with 1009,
 * binary with 1003, an unmasked or otherwise wrong one with 1002, text that is
 * no UTF-8 with 1007.  The descriptor stays the caller's.
 */
#ifndef PULSE_WEBSOCKET_H
#define PULSE_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct websocket;

enum { WEBSOCKET_IN = 4096, WEBSOCKET_QUEUE = 256, WEBSOCKET_ACCEPT = 32 };

struct websocket_config {
	/* A whole text message; or NULL: whatever comes is passed over. */
	void (*text)(void *arg, const char *text, size_t len);
	void *arg;
};

/* Sec-WebSocket-Accept for a Sec-WebSocket-Key; false: that is no such key. */
bool websocket_accept(const char *key, char out[WEBSOCKET_ACCEPT]);

struct websocket *websocket_open(const struct websocket_config *config, int fd,
				 const char *extra, size_t len);
short websocket_wants(const struct websocket *ws); /* POLLIN, POLLOUT */
int websocket_turn(struct websocket *ws, short revents);

int websocket_send(struct websocket *ws, const char *text, size_t len);
/* The same without copying: text stays until release(arg), which is called once
 * in any case. */
int websocket_lend(struct websocket *ws, const char *text, size_t len,
		   void (*release)(void *arg), void *arg);
size_t websocket_waiting(const struct websocket *ws); /* messages not sent */
/* Has a pong come since the last ping? True before the first. */
bool websocket_ping(struct websocket *ws);
/* Nothing is taken or queued any more; turn it until -1 to have it sent. */
void websocket_close(struct websocket *ws, unsigned code, const char *reason);
void websocket_free(struct websocket *ws);

#endif
