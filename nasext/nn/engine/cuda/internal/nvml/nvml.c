//go:build cuda && cgo && linux && amd64

#include "nvml.h"
#include <dlfcn.h>
#include <stdio.h>

// What is used of the management library: its names, and its types by their layout.
static int (*init)(void);
static int (*count)(unsigned *);
static int (*handle)(unsigned, void **);
static int (*name)(void *, char *, unsigned);
static int (*memory)(void *, struct nvml_memory *);
static int (*busy)(void *, struct nvml_busy *);

int nvml_load(const char *lib, char *msg, int size) {
    void *l = dlopen(lib, RTLD_NOW | RTLD_LOCAL);
    if (!l) {
        snprintf(msg, size, "%s", dlerror());
        return -1;
    }
    init = dlsym(l, "nvmlInit_v2");
    count = dlsym(l, "nvmlDeviceGetCount_v2");
    handle = dlsym(l, "nvmlDeviceGetHandleByIndex_v2");
    name = dlsym(l, "nvmlDeviceGetName");
    memory = dlsym(l, "nvmlDeviceGetMemoryInfo");
    busy = dlsym(l, "nvmlDeviceGetUtilizationRates");
    if (!init || !count || !handle || !name || !memory || !busy) {
        snprintf(msg, size, "%s lacks a function: it is not NVIDIA's management library, or an old one", lib);
        return -1;
    }
    int r = init();
    if (r) snprintf(msg, size, "%s does not start: error %d", lib, r);
    return r;
}

int nvml_count(unsigned *n) { return count(n); }

int nvml_look(unsigned i, char *n, unsigned size, struct nvml_memory *m, struct nvml_busy *b) {
    void *d;
    int r = handle(i, &d);
    if (!r) r = name(d, n, size);
    if (!r) r = memory(d, m);
    if (!r && busy(d, b)) b->device = NVML_UNKNOWN; // not every device counts
    return r;
}
