/*
 * metrics.h: counters, histograms and gauges as Prometheus reads them.
 *
 * The names and the values of their labels are bounded: by endpoints, pools,
 * signals, and constants.
 */
#ifndef FCGI_METRICS_H
#define FCGI_METRICS_H

#include "base/buffer.h"
#include "fcgi/control/control.h"

/* https://prometheus.io/docs/instrumenting/exposition_formats/ */
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

void metrics_write(const struct control *control, struct mr_buffer *text);

#endif
