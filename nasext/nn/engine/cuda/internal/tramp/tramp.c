//go:build cuda && cgo && linux && amd64

// The driver functions that gorgonia.org/cu links to, resolved at run time.
// cu's init calls cuInit and ends the process when it fails, so this cuInit does
// nothing and succeeds; tramp_load is the real start. Until then, and when it fails,
// every other function returns an error.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#pragma GCC visibility push(hidden)

enum { NOT_INITIALIZED = 3, NO_DEVICE = 100, NOT_FOUND = 500 };

extern void *tramp_table[];      // one slot for each function, at first tramp_unready
extern const char tramp_names[]; // their names
static int status = NOT_INITIALIZED;

int tramp_unready(void) { return status; }
static int missing(void) { return NOT_FOUND; }
int cuInit(unsigned flags) { (void)flags; return 0; }

// Opens the driver and starts it. Returns 0, or writes into msg what is wrong.
int tramp_load(const char *name, char *msg, int size) {
    status = NO_DEVICE;
    void *lib = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!lib) {
        snprintf(msg, size, "no CUDA driver: %s", dlerror());
        return status;
    }
    int (*init)(unsigned) = (int (*)(unsigned))dlsym(lib, "cuInit");
    if (!init) {
        snprintf(msg, size, "%s is no CUDA driver: it has no cuInit", name);
        return status;
    }
    status = init(0);
    if (status) {
        int (*text)(int, const char **) = (int (*)(int, const char **))dlsym(lib, "cuGetErrorString");
        const char *why = 0;
        if (!text || text(status, &why) || !why) why = "unknown error";
        snprintf(msg, size, "the CUDA driver does not start: %s (error %d)", why, status);
        return status;
    }
    int i = 0;
    for (const char *s = tramp_names; *s; s += strlen(s) + 1, i++) {
        void *f = dlsym(lib, s);
        tramp_table[i] = f ? f : (void *)missing;
    }
    return 0;
}
