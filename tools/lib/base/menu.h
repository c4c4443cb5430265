/*
 * menu - the commands behind the front door `pulse`: a word of the table, or
 * the program pulse-WORD beside this one.  The table says for each command
 * under which heading it is shown and, where the program cannot say it itself,
 * what it does.
 */
#ifndef PULSE_MENU_H
#define PULSE_MENU_H

#include <stddef.h>
#include <stdio.h>

struct menu_choice {
	char *path;	  /* of the program; allocated */
	const char *name; /* of the program */
	const char *verb; /* its first argument, or NULL */
};

/* 1, or 0 when no program stands for the word. */
int menu_choose(const char *word, struct menu_choice *choice);

/* The command nearest to a word that is none (allocated), or NULL. */
char *menu_near(const char *word);

/* Every command that is there, under headings, each with what it does. */
void menu_print(FILE *out);

/* The commands alone, a line each, with what they do behind a tab. */
void menu_print_tsv(FILE *out);

#endif
