/*
 * new_board.h: a scoreboard that no other process is given.
 */
#ifndef MR_TESTS_NEW_BOARD_H
#define MR_TESTS_NEW_BOARD_H

#include "fcgi/board/scoreboard.h"
#include "unit.h"

#include <unistd.h>

static inline struct scoreboard *
new_board(void)
{
	int fd = -1;
	struct scoreboard *board = scoreboard_new(&fd);

	ck_assert_ptr_nonnull(board);
	close(fd);
	return board;
}

#endif
