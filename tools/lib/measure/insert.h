/*
 * insert - a statement that gives no rows, with its values:
 *
 *   insert_row(store, "INSERT INTO repos VALUES (?1, ?2)", "ti", name, place)
 *
 * One letter per value: t a text (const char *, NULL is NULL), i an int64_t.
 */
#ifndef PULSE_INSERT_H
#define PULSE_INSERT_H

#include "storage/store.h"

/* -1: store_error says why. */
int insert_row(struct store *store, const char *sql, const char *sorts, ...);

#endif
