/*
 * live_client.c: answers that wait for their time.
 */
#include "fcgi/live_client.h"

#include "fcgi/clock.h"
#include "fcgi/parking.h"

#include <stdlib.h>

struct live_client {
	struct alarm alarm; /* first: an alarm is its client */
	TAILQ_ENTRY(live_client) entry;
	struct live_crowd *crowd;
	void *connection;
	char *answer;
	enum live_kind kind;
	bool websocket;
};

void
live_crowd_init(struct live_crowd *crowd, void (*wake)(void *connection))
{
	*crowd = (struct live_crowd){ .wake = wake };
	TAILQ_INIT(&crowd->clients);
}

struct live_client *
live_client_new(struct live_crowd *crowd, const struct live_request *request,
                const struct live_asker *asker)
{
	struct live_client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return NULL;
	*client = (struct live_client){
		.crowd = crowd,
		.connection = asker->connection,
		.kind = request->kind,
		.websocket = asker->websocket,
		.answer = strdup(request->answer),
	};
	TAILQ_INSERT_TAIL(&crowd->clients, client, entry);
	crowd->count++;
	if (client->answer != NULL &&
	    agenda_set(&crowd->agenda, &client->alarm, request->time))
		return client;
	live_client_free(client);
	return NULL;
}

void
live_client_free(struct live_client *client)
{
	if (client == NULL)
		return;
	TAILQ_REMOVE(&client->crowd->clients, client, entry);
	client->crowd->count--;
	agenda_cancel(&client->crowd->agenda, &client->alarm);
	free(client->answer);
	free(client);
}

enum live_step
live_client_next(struct live_client *client, struct mr_buffer *piece)
{
	const struct mr_string answer = { client->answer,
		                          strlen(client->answer) };

	if (client->alarm.place != 0)
		return LIVE_REST;
	/* Without bytes nginx has its own problem document. */
	parking_unpack(answer, piece);
	return LIVE_LAST;
}

int64_t
live_crowd_tick(struct live_crowd *crowd, int64_t now)
{
	struct alarm *alarm;

	while ((alarm = agenda_next(&crowd->agenda)) != NULL &&
	       alarm->due <= now) {
		struct live_client *client = (struct live_client *)alarm;

		agenda_cancel(&crowd->agenda, alarm);
		crowd->wake(client->connection);
	}
	return alarm == NULL ? 0 : alarm->due;
}
