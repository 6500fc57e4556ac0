// fakecuda.cpp: a libcuda.so.1 for machines without a GPU. Device memory is memory of
// the host that can't be touched outside driver calls; device functions are the g++ build of the
// same CUDA C, found by the .entry names of the PTX module. It is stricter than a
// device: see README.md.
#include "cuda_emu.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <link.h>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <sys/mman.h>

enum R {
    OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_CONTEXT = 201, INVALID_PTX = 218,
    NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719,
    CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901, CAPTURE_UNJOINED = 904, CAPTURE_ISOLATION = 905, GRAPH_UPDATE_FAILURE = 910,
};
typedef unsigned long long Ptr;

static const char *text(int r) {
    switch (r) {
    case OK: return "no error";
    case INVALID_VALUE: return "invalid argument";
    case OUT_OF_MEMORY: return "out of memory";
    case NO_DEVICE: return "no CUDA-capable device is detected";
    case INVALID_DEVICE: return "invalid device ordinal";
    case INVALID_CONTEXT: return "invalid device context";
    case INVALID_PTX: return "a PTX JIT compilation failed";
    case NOT_FOUND: return "named symbol not found";
    case NOT_READY: return "device not ready";
    case ILLEGAL_ADDRESS: return "an illegal memory access was encountered";
    case LAUNCH_FAILED: return "unspecified launch failure";
    case CAPTURE_UNSUPPORTED: return "operation not permitted when stream is capturing";
    case CAPTURE_INVALIDATED: return "operation failed due to a previous error during capture";
    case CAPTURE_UNJOINED: return "capturing stream has unjoined work";
    case CAPTURE_ISOLATION: return "dependency created on uncaptured work in another stream";
    case GRAPH_UPDATE_FAILURE: return "the graph update was not performed because it included changes which violated constraints specific to instantiated graph update";
    }
    return nullptr;
}

// One call at a time: the driver is as safe for threads as that.
static std::recursive_mutex mu;

// ---- device memory: one arena, PROT_NONE while no driver call runs -------------
static const size_t ARENA = 8ull << 30, GRAIN = 512, BEFORE = 1 << 20; // bytes; allocations begin behind a gap
static const size_t capacity = getenv("FAKECUDA_MEMORY") ? strtoull(getenv("FAKECUDA_MEMORY"), 0, 10) : 2ull << 30;
static const bool guarded = !getenv("FAKECUDA_NOGUARD");
static char *arena;
static size_t top = BEFORE, used;
static unsigned char *valid_bytes; // of each word of the arena, 0 to 4
struct Ctx;
struct Block { size_t size; Ctx *owner; };
static std::map<Ptr, Block> blocks;

template <class T> static T *reserve(size_t n) {
    void *p = mmap(0, n * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) { perror("fakecuda: mmap"); abort(); }
    return (T *)p;
}

struct Call { // one call of the driver
    std::lock_guard<std::recursive_mutex> lock{mu};
};
struct Open { // the arena may be touched
    Open() { if (depth++ == 0 && guarded && arena) mprotect(arena, top, PROT_READ | PROT_WRITE); }
    ~Open() { if (--depth == 0 && guarded && arena) mprotect(arena, top, PROT_NONE); }
    static int depth;
};
int Open::depth;

// The allocation that p lies in or behind.
static std::map<Ptr, Block>::iterator before(Ptr p) {
    auto it = blocks.upper_bound(p);
    return it == blocks.begin() ? blocks.end() : --it;
}
static bool valid(Ptr p, size_t n) {
    auto it = before(p);
    return it != blocks.end() && p + n <= it->first + it->second.size;
}
static void mark(Ptr p, size_t n, bool valid) {
    size_t w = (p - (Ptr)arena) / 4;
    memset(valid_bytes + w, valid ? 4 : 0, n / 4);
    if (n % 4) valid_bytes[w + n / 4] = valid ? n % 4 : 0;
}
static R allocate(Ptr *p, size_t n, Ctx *owner) {
    if (!arena) { arena = reserve<char>(ARENA); valid_bytes = reserve<unsigned char>(ARENA / 4); }
    size_t m = (n + 2 * GRAIN - 1) & ~(GRAIN - 1); // with a gap behind it
    if (n > capacity - used) return OUT_OF_MEMORY;
    if (top + m > ARENA) { // behind what is still in use
        top = BEFORE;
        if (!blocks.empty()) top = (blocks.rbegin()->first - (Ptr)arena + blocks.rbegin()->second.size + 2 * GRAIN - 1) & ~(GRAIN - 1);
        if (top + m > ARENA) return OUT_OF_MEMORY;
    }
    *p = (Ptr)(arena + top);
    if (guarded) mprotect(arena, top + m, PROT_READ | PROT_WRITE);
    top += m;
    memset((void *)*p, 0xff, n); // NaN: what reads it before it is written shows
    mark(*p, n, true);
    blocks[*p] = {n, owner};
    used += n;
    return OK;
}
static void release(std::map<Ptr, Block>::iterator it) {
    mark(it->first, it->second.size, false);
    used -= it->second.size;
    Ptr from = (it->first + 4095) & ~4095ull, to = (it->first + it->second.size) & ~4095ull;
    if (from < to) madvise((void *)from, to - from, MADV_DONTNEED);
    blocks.erase(it);
}

// ---- fibers -------------------------------------------------------------------
extern "C" void emu_switch(void **save, void *to);
asm(".text\n.globl emu_switch\n.hidden emu_switch\n.type emu_switch,@function\nemu_switch:\n"
    "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
    "movq %rsp,(%rdi)\nmovq %rsi,%rsp\n"
    "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\nret\n");
emu_uint3 threadIdx, blockIdx, blockDim, gridDim;
enum State : char { RUN, BLOCK, WARP, DONE };
struct Fiber { void *sp; State st; unsigned mask; int parity; bool fence; emu_uint3 tid; };
static const size_t STACK = 64 << 10;
static char *stacks;
static Fiber fib[1024];
static int nfib, cur;
static void *mainsp;
static const std::function<void()> *body;
static const char *running;
static R failed; // the block that runs has done something wrong
static char xch[2][32][32][emu_row]; // parity, warp, lane

static void fiber_main() {
    (*body)();
    fib[cur].st = DONE;
    emu_switch(&fib[cur].sp, mainsp);
    abort();
}
static void leave(State s) { fib[cur].st = s; emu_switch(&fib[cur].sp, mainsp); }
void emu_sync_block() { leave(BLOCK); }
int emu_lane() { return cur & 31; }
const char *emu_exchange(unsigned mask, const void *mine, size_t n) {
    Fiber &f = fib[cur];
    int p = f.parity ^= 1, w = cur >> 5;
    memcpy(xch[p][w][cur & 31], mine, n);
    f.mask = mask;
    f.fence = false;
    leave(WARP);
    return &xch[p][w][0][0];
}
void emu_sync_warp(unsigned mask) {
    Fiber &f = fib[cur];
    f.parity ^= 1;
    f.mask = mask;
    f.fence = true;
    leave(WARP);
}

// ---- watching what device functions touch --------------------------------------
// The functions __tsan_… are called by code that was built with -fsanitize=thread, at every
// access but those to registers. An access outside of allocations ends the launch, and so do two
// accesses to one place, one of them a write, that no barrier puts in order: what
// a device would do then depends on chance.
//
// Time is counted in spans: a new one begins with each block and behind each barrier of a block.
struct Access {
    unsigned span;
    unsigned warp_span; // how many barriers of the warp came before, in the block
    short thread;
    unsigned char bytes;  // of the word, as bits
    unsigned char others; // reads: 1 another thread of the warp too, 2 one of another warp, 4 one of another block
};
struct Word { Access read, write; };
static Word *global_words, *shared_words;
static unsigned span, block_first, launch_first; // now, and the block's and the launch's first
static unsigned warp_span[32];
static bool fenced; // the block has called __threadfence

struct Range { char *at; size_t size; };
static std::vector<char *(*)()> &dynamics() { static std::vector<char *(*)()> v; return v; }
EmuDynamic::EmuDynamic(char *(*where)()) { dynamics().push_back(where); }
static Range shared_memory;               // this thread's
static std::vector<Range> dynamic_shared; // the parts of it beyond what the launch asked for
void emu_fence() { fenced = true; }

static void wrong(R r, const char *what, const char *more) {
    fprintf(stderr, "fakecuda: %s: thread (%u,%u,%u) of block (%u,%u,%u) %s%s\n", running, threadIdx.x, threadIdx.y, threadIdx.z,
            blockIdx.x, blockIdx.y, blockIdx.z, what, more);
    failed = r;
    leave(DONE); // and is never resumed
}
static std::string place(Ptr p) {
    char s[200];
    auto it = before(p);
    if (it == blocks.end()) snprintf(s, sizeof s, "before all allocations");
    else if (p >= it->first + it->second.size)
        snprintf(s, sizeof s, "%llu bytes behind an allocation of %zu bytes", p - it->first - it->second.size, it->second.size);
    else snprintf(s, sizeof s, "at %llu of an allocation of %zu bytes", p - it->first, it->second.size);
    return s;
}
// Whether an earlier access and the one of this thread are in no order.
static bool unordered(const Access &a, unsigned char bytes, bool shared) {
    if (a.span < launch_first || !(a.bytes & bytes)) return false;
    if (a.span < block_first) return !shared && !fenced;
    if (a.span < span) return false;
    if (a.others & 2 || a.thread >> 5 != cur >> 5) return true;
    return a.warp_span == warp_span[cur >> 5] && (a.thread != cur || a.others & 1);
}
static void race(const char *what, const void *p, bool shared) {
    wrong(LAUNCH_FAILED, what, shared ? "shared memory" : ("device memory, " + place((Ptr)p)).c_str());
}
static void touch_write(Word &w, const void *p, unsigned char bytes, bool shared) {
    if (unordered(w.write, bytes, shared)) race("writes what another thread writes, without a barrier: ", p, shared);
    if (unordered(w.read, bytes, shared) || (!shared && !fenced && w.read.span >= launch_first && w.read.others & 4))
        race("writes what another thread reads, without a barrier: ", p, shared);
    w.write = {span, warp_span[cur >> 5], (short)cur, bytes, 0};
}
static inline void touch_read(Word &w, const void *p, unsigned char bytes, bool shared) {
    const Access &wr = w.write;
    if (shared && wr.span < block_first) wrong(LAUNCH_FAILED, "reads shared memory that the block has not written", "");
    if (wr.span >= launch_first && (wr.span < block_first || wr.span == span) && unordered(wr, bytes, shared))
        race("reads what another thread writes, without a barrier: ", p, shared);
    Access &r = w.read;
    if (r.span == span) { // the thread is one of several
        r.bytes |= bytes;
        if (r.thread == cur && r.warp_span == warp_span[cur >> 5]) return;
        if (r.thread >> 5 != cur >> 5) r.others |= 2;
        else if (r.warp_span == warp_span[cur >> 5]) r.others |= 1;
        else r.others &= ~1;
        r.thread = cur;
        r.warp_span = warp_span[cur >> 5];
        return;
    }
    unsigned char others = r.span < launch_first ? 0 : r.span < block_first ? 4 : r.others & 4;
    r = {span, warp_span[cur >> 5], (short)cur, bytes, others};
}
enum How { READ, WRITE, ATOMIC };
static void outside(How how, size_t n, const std::string &where) {
    wrong(ILLEGAL_ADDRESS, how == READ ? "reads " : "writes ", (std::to_string(n) + " bytes " + where).c_str());
}
static inline void access(const void *at, size_t n, How how) {
    if (!body) return; // an initialiser
    const char *p = (const char *)at;
    size_t off = p - arena, in = p - shared_memory.at;
    bool shared = off >= ARENA;
    if (shared) {
        if (in >= shared_memory.size) {
            if (p < (char *)4096) outside(how, n, "at a null pointer");
            return;
        }
        for (const Range &r : dynamic_shared)
            if ((size_t)(p - r.at) < r.size) outside(how, n, "beyond the shared memory that the launch asked for");
        off = in;
    } else if (off % n) outside(how, n, "at an address that is no multiple of that");
    Word *words = shared ? shared_words : global_words;
    for (size_t i = 0; i < n;) {
        size_t from = (off + i) % 4, k = std::min(n - i, 4 - from), w = (off + i) / 4;
        if (!shared && valid_bytes[w] < from + k) outside(how, n, place((Ptr)p + i));
        unsigned char bytes = ((1 << k) - 1) << from;
        if (how == READ) touch_read(words[w], p + i, bytes, shared);
        if (how == WRITE) touch_write(words[w], p + i, bytes, shared);
        i += k;
    }
}
void emu_atomic(const void *p, size_t n) { access(p, n, ATOMIC); }
extern "C" {
void __tsan_init() {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit() {}
void __tsan_vptr_update(void **, void *) {}
void __tsan_vptr_read(void **) {}
#define WATCH(n) \
    void __tsan_read##n(void *p) { access(p, n, READ); } \
    void __tsan_write##n(void *p) { access(p, n, WRITE); } \
    void __tsan_unaligned_read##n(void *p) { access(p, n, READ); } \
    void __tsan_unaligned_write##n(void *p) { access(p, n, WRITE); } \
    void __tsan_volatile_read##n(void *p) { access(p, n, READ); } \
    void __tsan_volatile_write##n(void *p) { access(p, n, WRITE); }
WATCH(1) WATCH(2) WATCH(4) WATCH(8) WATCH(16)
void __tsan_read_range(char *p, size_t n) { for (size_t i = 0; i < n; i += 4) access(p + i, std::min(n - i, (size_t)4), READ); }
void __tsan_write_range(char *p, size_t n) { for (size_t i = 0; i < n; i += 4) access(p + i, std::min(n - i, (size_t)4), WRITE); }
}
// Where this thread's shared memory is: all thread-local variables of this library.
static int find_shared(dl_phdr_info *info, size_t, void *) {
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) &h = info->dlpi_phdr[i];
        if (h.p_type == PT_LOAD && (char *)&mu >= (char *)info->dlpi_addr + h.p_vaddr && (char *)&mu < (char *)info->dlpi_addr + h.p_vaddr + h.p_memsz)
            for (int j = 0; j < info->dlpi_phnum; j++)
                if (info->dlpi_phdr[j].p_type == PT_TLS) shared_memory = {(char *)info->dlpi_tls_data, info->dlpi_phdr[j].p_memsz};
    }
    return shared_memory.at != nullptr;
}
static void begin_launch(size_t shared_bytes) {
    shared_memory = {};
    for (auto where : dynamics()) where(); // makes this thread's shared memory
    dl_iterate_phdr(find_shared, nullptr);
    if (!global_words) {
        global_words = reserve<Word>(ARENA / 4);
        shared_words = reserve<Word>(shared_memory.size / 4 + 1);
    }
    dynamic_shared.clear();
    for (auto where : dynamics()) dynamic_shared.push_back({where() + shared_bytes, 232448 - shared_bytes});
    launch_first = span + 1;
}

// One block. A round runs every thread that can to its next stop; then whole warps, else
// the whole block, are released. Anything else is a divergent barrier: undefined on a
// device, an error here.
static R run_block() {
    int live = nfib;
    block_first = ++span;
    memset(warp_span, 0, sizeof warp_span);
    fenced = false;
    for (int i = 0; i < nfib; i++) {
        void **s = (void **)(stacks + (i + 1) * STACK);
        *--s = nullptr;
        *--s = (void *)fiber_main;
        fib[i].sp = s - 6;
        fib[i].st = RUN;
        fib[i].parity = 0;
    }
    while (live) {
        for (cur = 0; cur < nfib; cur++)
            if (fib[cur].st == RUN) {
                threadIdx = fib[cur].tid;
                emu_switch(&mainsp, fib[cur].sp);
                if (failed) return failed;
                if (fib[cur].st == DONE) live--;
            }
        bool moved = false, allblock = true;
        for (int w = 0; w < nfib; w += 32) {
            int e = std::min(w + 32, nfib);
            bool any = false, all = true, fence = false;
            for (int i = w; i < e; i++) {
                if (fib[i].st == WARP) any = true, fence |= fib[i].fence;
                if (fib[i].st != BLOCK && fib[i].st != DONE) allblock = false;
            }
            for (int i = w; any && i < e; i++)
                if (fib[i].st == WARP)
                    for (int j = w; j < e; j++)
                        if (fib[i].mask >> (j - w) & 1 && (fib[j].st != WARP || fib[j].mask != fib[i].mask || fib[j].fence != fib[i].fence)) all = false;
            if (any && all) {
                moved = true;
                if (fence) warp_span[w / 32]++;
                for (int i = w; i < e; i++) if (fib[i].st == WARP) fib[i].st = RUN;
            }
        }
        if (!live || moved) continue;
        if (!allblock) {
            fprintf(stderr, "fakecuda: %s: not all threads of block (%u,%u,%u) come to the same barrier\n", running, blockIdx.x, blockIdx.y, blockIdx.z);
            return LAUNCH_FAILED;
        }
        span++;
        for (int i = 0; i < nfib; i++) if (fib[i].st == BLOCK) fib[i].st = RUN;
    }
    return OK;
}
static R run_grid(const char *name, emu_uint3 g, emu_uint3 b, unsigned shared, const std::function<void()> &f) {
    if (!stacks) stacks = reserve<char>(1025 * STACK);
    gridDim = g;
    blockDim = b;
    nfib = b.x * b.y * b.z;
    for (int i = 0; i < nfib; i++) fib[i].tid = {i % b.x, i / b.x % b.y, i / (b.x * b.y)};
    begin_launch(shared);
    running = name;
    body = &f;
    R r = failed = OK;
    for (unsigned z = 0; z < g.z && !r; z++)
        for (unsigned y = 0; y < g.y && !r; y++)
            for (unsigned x = 0; x < g.x && !r; x++) {
                blockIdx = {x, y, z};
                r = run_block();
            }
    body = nullptr;
    return r;
}

// ---- contexts, streams, events, graphs ------------------------------------------
struct Ctx { R broken = OK; }; // after a device function has failed, every call says so
static thread_local std::vector<Ctx *> current;
static Ctx *primary;
static Ctx *now() { return current.empty() ? nullptr : current.back(); }
#define IN_CONTEXT \
    Call call; \
    if (!now()) return INVALID_CONTEXT; \
    if (now()->broken) return now()->broken

struct Op {
    std::string kind; // what it is, for updates of graphs
    std::function<R()> run;
    std::vector<int> after; // captured: what has to be done before
};
struct Capture { std::vector<Op> ops; struct Stream *origin; int *thread; bool invalid = false; };
struct Stream {
    Ctx *ctx;
    bool nonblocking = false;
    std::deque<Op> queue;
    Capture *capture = nullptr;
    std::vector<int> last; // captured: what the next piece of work comes after
};
struct Event {
    std::chrono::steady_clock::time_point t;
    int asked = 0, reached = 0; // how often it was recorded, and how many of these are done
    Stream *source = nullptr;
    Capture *capture = nullptr;
    std::vector<int> last;
};
static std::set<Stream *> streams;
static thread_local int capturing; // captures that this thread has begun
static const bool eager = getenv("FAKECUDA_EAGER");

// Work waits in its stream until something synchronises with it, so that a forgotten
// synchronisation gives wrong data, always.
static void flush(Stream *s, const Event *e = nullptr, int time = 0) { // all, or until an event is reached
    Open open;
    while (!s->queue.empty() && !(e && e->reached >= time)) {
        Op op = std::move(s->queue.front());
        s->queue.pop_front();
        if (!s->ctx->broken) s->ctx->broken = op.run();
    }
}
static void flush_all(bool blocking) {
    for (Stream *s : streams) if (s->ctx == now() && (!blocking || !s->nonblocking)) flush(s);
}
static R submit(Stream *s, const std::string &kind, std::function<R()> run) {
    if (s && s->capture) {
        s->capture->ops.push_back({kind, std::move(run), s->last});
        s->last.assign(1, s->capture->ops.size() - 1);
        return OK;
    }
    if (s && !eager) {
        s->queue.push_back({kind, std::move(run), {}});
        return OK;
    }
    Open open;
    flush_all(true);
    if (!now()->broken) now()->broken = run();
    return OK; // what went wrong is told at the next call
}
// Calls that wait or allocate may not be made while the thread captures.
static R unsafe_in_capture() {
    if (!capturing) return OK;
    for (Stream *s : streams) if (s->capture && s->capture->thread == &capturing) s->capture->invalid = true;
    return CAPTURE_UNSUPPORTED;
}
#define NOT_IN_CAPTURE if (R r = unsafe_in_capture()) return r

static R sync(Stream *s) {
    if (s) flush(s); else flush_all(false);
    return now()->broken;
}
static R copy(Stream *s, const char *kind, void *to, const void *from, size_t n, Ptr dev1, Ptr dev2) {
    if ((dev1 && !valid(dev1, n)) || (dev2 && !valid(dev2, n))) return INVALID_VALUE;
    if (!s) NOT_IN_CAPTURE;
    return submit(s, kind, [=] { memmove(to, from, n); return OK; });
}
static void end_capture(Capture *c) {
    for (Stream *s : streams) if (s->capture == c) { s->capture = nullptr; s->last.clear(); }
}
// The order in which a graph's work is done: the latest that can be, so that a dependency
// which was forgotten shows.
static std::vector<int> order(const std::vector<Op> &ops) {
    std::vector<int> waits(ops.size()), all;
    std::vector<std::vector<int>> then(ops.size());
    std::set<int> ready;
    for (size_t i = 0; i < ops.size(); i++) {
        waits[i] = ops[i].after.size();
        for (int d : ops[i].after) then[d].push_back(i);
        if (!waits[i]) ready.insert(i);
    }
    while (!ready.empty()) {
        int i = *ready.rbegin();
        ready.erase(i);
        all.push_back(i);
        for (int t : then[i]) if (!--waits[t]) ready.insert(t);
    }
    return all;
}

struct Module { std::vector<std::string> entries; };
static std::map<std::string, EmuKernel> &kernels() { static std::map<std::string, EmuKernel> m; return m; }
void emu_add(EmuKernel k) { kernels()[k.name] = k; }
static size_t ptx_size(const std::string &t) { // ".param .align 8 .b8 name[24]" → bytes
    size_t n = 0;
    for (const char *k : {".u8", ".s8", ".b8"}) if (t.find(k) != t.npos) n = 1;
    for (const char *k : {".u16", ".s16", ".b16", ".f16"}) if (t.find(k) != t.npos) n = 2;
    for (const char *k : {".u32", ".s32", ".b32", ".f32"}) if (t.find(k) != t.npos) n = 4;
    for (const char *k : {".u64", ".s64", ".b64", ".f64"}) if (t.find(k) != t.npos) n = 8;
    size_t b = t.find('[');
    return b == t.npos ? n : n * atoi(t.c_str() + b + 1);
}
#ifndef EMU_SOURCE
#define EMU_SOURCE ""
#endif

extern "C" {
R cuGetErrorString(int r, const char **s) { *s = text(r); return *s ? OK : INVALID_VALUE; }
R cuInit(unsigned) { return getenv("FAKECUDA_NODEVICE") ? NO_DEVICE : OK; }
R cuDriverGetVersion(int *v) { *v = 13000; return OK; }
R cuDeviceGetCount(int *n) { *n = 1; return OK; }
R cuDeviceGet(int *d, int i) { *d = 0; return i ? INVALID_DEVICE : OK; }
R cuDeviceGetName(char *s, int n, int) { snprintf(s, n, "CPU emulation"); return OK; }
R cuDeviceTotalMem_v2(size_t *n, int) { *n = capacity; return OK; }
R cuDeviceGetAttribute(int *v, int a, int) {
    switch (a) {
    case 1: *v = 1024; break;    // threads of a block
    case 8: *v = 49152; break;   // shared memory of a block
    case 10: *v = 32; break;     // lanes of a warp
    case 16: *v = 1; break;      // processors
    case 75: *v = 9; break;      // compute capability
    case 76: *v = 0; break;
    case 97: *v = 232448; break; // shared memory of a block that asks for more
    default: *v = 1;
    }
    return OK;
}
R cuCtxCreate_v2(Ctx **c, unsigned, int) { Call call; *c = new Ctx; current.push_back(*c); return OK; }
R cuDevicePrimaryCtxRetain(Ctx **c, int) { Call call; if (!primary) primary = new Ctx; *c = primary; return OK; }
R cuDevicePrimaryCtxRelease_v2(int) { return OK; }
R cuCtxDestroy_v2(Ctx *c) {
    Call call;
    for (auto it = streams.begin(); it != streams.end();) it = (*it)->ctx == c ? streams.erase(it) : std::next(it);
    for (auto it = blocks.begin(); it != blocks.end();) { auto here = it++; if (here->second.owner == c) release(here); }
    current.erase(std::remove(current.begin(), current.end(), c), current.end());
    return OK;
}
R cuCtxSetCurrent(Ctx *c) { current.clear(); if (c) current.push_back(c); return OK; }
R cuCtxGetCurrent(Ctx **c) { *c = now(); return OK; }
R cuCtxPushCurrent_v2(Ctx *c) { current.push_back(c); return OK; }
R cuCtxPopCurrent_v2(Ctx **c) { IN_CONTEXT; *c = now(); current.pop_back(); return OK; }
R cuCtxGetDevice(int *d) { IN_CONTEXT; *d = 0; return OK; }
R cuCtxSynchronize() { IN_CONTEXT; NOT_IN_CAPTURE; return sync(nullptr); }

R cuMemAlloc_v2(Ptr *p, size_t n) { IN_CONTEXT; NOT_IN_CAPTURE; if (!n) return INVALID_VALUE; Open open; return allocate(p, n, now()); }
R cuMemFree_v2(Ptr p) {
    IN_CONTEXT; NOT_IN_CAPTURE;
    Open open;
    flush_all(false);
    auto it = blocks.find(p);
    if (it == blocks.end()) return INVALID_VALUE;
    release(it);
    return now()->broken;
}
R cuMemGetInfo_v2(size_t *f, size_t *t) { IN_CONTEXT; *t = capacity; *f = capacity - used; return OK; }
R cuMemHostAlloc(void **p, size_t n, unsigned) { IN_CONTEXT; NOT_IN_CAPTURE; *p = malloc(n); memset(*p, 0xff, n); return OK; }
R cuMemFreeHost(void *p) { IN_CONTEXT; NOT_IN_CAPTURE; flush_all(false); free(p); return OK; }
R cuMemcpyHtoD_v2(Ptr d, const void *s, size_t n) { IN_CONTEXT; return copy(nullptr, "HtoD", (void *)d, s, n, d, 0) ?: now()->broken; }
R cuMemcpyDtoH_v2(void *d, Ptr s, size_t n) { IN_CONTEXT; return copy(nullptr, "DtoH", d, (void *)s, n, 0, s) ?: now()->broken; }
R cuMemcpyDtoD_v2(Ptr d, Ptr s, size_t n) { IN_CONTEXT; return copy(nullptr, "DtoD", (void *)d, (void *)s, n, d, s) ?: now()->broken; }
R cuMemcpyHtoDAsync_v2(Ptr d, const void *s, size_t n, Stream *st) { IN_CONTEXT; return copy(st, "HtoD", (void *)d, s, n, d, 0); }
R cuMemcpyDtoHAsync_v2(void *d, Ptr s, size_t n, Stream *st) { IN_CONTEXT; return copy(st, "DtoH", d, (void *)s, n, 0, s); }
R cuMemcpyDtoDAsync_v2(Ptr d, Ptr s, size_t n, Stream *st) { IN_CONTEXT; return copy(st, "DtoD", (void *)d, (void *)s, n, d, s); }
R cuMemsetD32Async(Ptr d, unsigned v, size_t n, Stream *s) {
    IN_CONTEXT;
    if (!valid(d, 4 * n)) return INVALID_VALUE;
    return submit(s, "memset", [=] { std::fill_n((unsigned *)d, n, v); return OK; });
}
R cuMemsetD32_v2(Ptr d, unsigned v, size_t n) { return cuMemsetD32Async(d, v, n, nullptr); }
R cuMemsetD8Async(Ptr d, unsigned char v, size_t n, Stream *s) {
    IN_CONTEXT;
    if (!valid(d, n)) return INVALID_VALUE;
    return submit(s, "memset", [=] { memset((void *)d, v, n); return OK; });
}
R cuMemsetD8_v2(Ptr d, unsigned char v, size_t n) { return cuMemsetD8Async(d, v, n, nullptr); }

R cuModuleLoadData(Module **m, const void *image) {
    IN_CONTEXT; NOT_IN_CAPTURE;
    std::string s((const char *)image);
    if (s.find(".version") == s.npos) return INVALID_PTX;
    size_t at = s.find("source sha256 ");
    if (at != s.npos && *EMU_SOURCE && s.compare(at + 14, 64, EMU_SOURCE)) {
        fprintf(stderr, "fakecuda: the PTX is stale: it was made of other CUDA C than this driver\n");
        return INVALID_PTX;
    }
    std::vector<std::string> entries;
    for (at = 0; (at = s.find(".entry ", at)) != s.npos; at++) {
        size_t b = at + 7, e = s.find_first_of("( \n", b), o = s.find('(', e), c = s.find(')', o);
        std::string name = s.substr(b, e - b);
        std::vector<size_t> sizes;
        for (size_t p = o; (p = s.find(".param", p + 1)) < c;) sizes.push_back(ptx_size(s.substr(p, s.find_first_of(",)", p) - p)));
        auto k = kernels().find(name);
        if (k == kernels().end() || k->second.sizes != sizes) {
            fprintf(stderr, "fakecuda: the PTX is stale: %s %s\n", name.c_str(), k == kernels().end() ? "is not in the CUDA C" : "has other parameters in the CUDA C");
            return INVALID_PTX;
        }
        entries.push_back(name);
    }
    *m = new Module{entries};
    return OK;
}
R cuModuleLoadDataEx(Module **m, const void *image, unsigned, void *, void **) { return cuModuleLoadData(m, image); }
R cuModuleUnload(Module *m) { IN_CONTEXT; delete m; return OK; }
R cuModuleGetFunction(EmuKernel **f, Module *m, const char *n) {
    IN_CONTEXT;
    if (std::find(m->entries.begin(), m->entries.end(), n) == m->entries.end()) return NOT_FOUND;
    *f = &kernels()[n];
    return OK;
}
static std::map<EmuKernel *, unsigned> &allowed() { static std::map<EmuKernel *, unsigned> m; return m; }
R cuFuncSetAttribute(EmuKernel *f, int a, int v) {
    IN_CONTEXT;
    if (a == 8 && (v < 0 || v > 232448)) return INVALID_VALUE;
    if (a == 8) allowed()[f] = v;
    return OK;
}
R cuFuncGetAttribute(int *v, int, EmuKernel *) { *v = 0; return OK; }
R cuLaunchKernel(EmuKernel *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, Stream *s, void **params, void **) {
    IN_CONTEXT;
    if (!gx || !gy || !gz || gx > 0x7fffffff || gy > 65535 || gz > 65535 || !bx || !by || !bz || bz > 64 || (size_t)bx * by * bz > 1024) return INVALID_VALUE;
    if (shared > std::max(49152u, allowed()[f])) return INVALID_VALUE;
    auto fn = f->bind(params);
    return submit(s, f->name, [=] { return run_grid(f->name, {gx, gy, gz}, {bx, by, bz}, shared, fn); });
}

R cuStreamCreate(Stream **s, unsigned flags) {
    IN_CONTEXT;
    *s = new Stream{now(), (flags & 1) != 0};
    streams.insert(*s);
    return OK;
}
R cuStreamCreateWithPriority(Stream **s, unsigned flags, int) { return cuStreamCreate(s, flags); }
R cuStreamDestroy_v2(Stream *s) {
    IN_CONTEXT;
    flush(s);
    streams.erase(s);
    delete s;
    return OK;
}
R cuStreamSynchronize(Stream *s) { IN_CONTEXT; NOT_IN_CAPTURE; return sync(s); }
R cuStreamQuery(Stream *s) { IN_CONTEXT; return s && !s->queue.empty() ? NOT_READY : OK; }
R cuStreamWaitEvent(Stream *s, Event *e, unsigned) {
    IN_CONTEXT;
    if (e->capture) { // the stream joins the capture
        if (!s || (s->capture && s->capture != e->capture) || (!s->capture && !s->queue.empty())) return CAPTURE_ISOLATION;
        bool live = std::any_of(streams.begin(), streams.end(), [&](Stream *t) { return t->capture == e->capture; });
        if (!live) return CAPTURE_ISOLATION;
        s->capture = e->capture;
        for (int i : e->last) if (std::find(s->last.begin(), s->last.end(), i) == s->last.end()) s->last.push_back(i);
        return OK;
    }
    if (s && s->capture) return CAPTURE_ISOLATION;
    Stream *source = e->source;
    int time = e->asked;
    return submit(s, "wait", [=] { if (e->reached < time && streams.count(source)) flush(source, e, time); return OK; });
}
R cuEventCreate(Event **e, unsigned) { IN_CONTEXT; *e = new Event; return OK; }
R cuEventDestroy_v2(Event *e) { IN_CONTEXT; if (!capturing) flush_all(false); delete e; return OK; }
R cuEventRecord(Event *e, Stream *s) {
    IN_CONTEXT;
    e->capture = s ? s->capture : nullptr;
    if (e->capture) { e->last = s->last; return OK; }
    e->source = s;
    int time = ++e->asked;
    return submit(s, "record", [=] { e->t = std::chrono::steady_clock::now(); e->reached = time; return OK; });
}
R cuEventQuery(Event *e) { // later, it will be reached
    IN_CONTEXT;
    if (e->reached == e->asked) return OK;
    flush(e->source, e, e->asked);
    return NOT_READY;
}
R cuEventSynchronize(Event *e) {
    IN_CONTEXT; NOT_IN_CAPTURE;
    if (e->reached < e->asked) flush(e->source, e, e->asked);
    return now()->broken;
}
R cuEventElapsedTime(float *ms, Event *a, Event *b) {
    IN_CONTEXT;
    if (!a->asked || !b->asked || a->reached < a->asked || b->reached < b->asked) return NOT_READY;
    *ms = std::chrono::duration<float, std::milli>(b->t - a->t).count();
    return OK;
}
R cuEventElapsedTime_v2(float *ms, Event *a, Event *b) { return cuEventElapsedTime(ms, a, b); }

R cuStreamBeginCapture_v2(Stream *s, int) {
    IN_CONTEXT;
    if (!s || s->capture) return CAPTURE_UNSUPPORTED;
    s->capture = new Capture{{}, s, &capturing};
    s->last.clear();
    capturing++;
    return OK;
}
R cuStreamEndCapture(Stream *s, Capture **g) {
    IN_CONTEXT;
    *g = nullptr;
    Capture *c = s ? s->capture : nullptr;
    if (!c || c->origin != s) return INVALID_VALUE;
    std::vector<int> reach = s->last;
    capturing--;
    end_capture(c);
    if (c->invalid) return CAPTURE_INVALIDATED;
    std::set<int> joined;
    while (!reach.empty()) {
        int i = reach.back();
        reach.pop_back();
        if (joined.insert(i).second) reach.insert(reach.end(), c->ops[i].after.begin(), c->ops[i].after.end());
    }
    if (joined.size() != c->ops.size()) return CAPTURE_UNJOINED;
    *g = c;
    return OK;
}
R cuGraphGetNodes(Capture *g, void **nodes, size_t *n) { Call call; if (nodes) return INVALID_VALUE; *n = g->ops.size(); return OK; }
R cuGraphInstantiateWithFlags(Capture **x, Capture *g, unsigned long long) { IN_CONTEXT; *x = new Capture(*g); return OK; }
R cuGraphExecUpdate_v2(Capture *x, Capture *g, int *result) {
    IN_CONTEXT;
    bool same = x->ops.size() == g->ops.size();
    for (size_t i = 0; same && i < x->ops.size(); i++) same = x->ops[i].kind == g->ops[i].kind && x->ops[i].after == g->ops[i].after;
    *result = same ? 0 : 2; // the topology has changed
    if (same) x->ops = g->ops;
    return same ? OK : GRAPH_UPDATE_FAILURE;
}
R cuGraphLaunch(Capture *x, Stream *s) {
    IN_CONTEXT;
    for (int i : order(x->ops)) if (R r = submit(s, x->ops[i].kind, x->ops[i].run)) return r;
    return OK;
}
R cuGraphDestroy(Capture *g) { Call call; delete g; return OK; }
R cuGraphExecDestroy(Capture *g) { IN_CONTEXT; flush_all(false); delete g; return OK; }

// What libnvidia-ml.so.1 says of the device.
struct Memory { unsigned long long total, free, used; };
struct Busy { unsigned device, memory; }; // percent of the time
int nvmlInit_v2() { return OK; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = 1; return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **d) { *d = &mu; return i ? 2 : OK; }
int nvmlDeviceGetName(void *, char *s, unsigned n) { snprintf(s, n, "CPU emulation"); return OK; }
int nvmlDeviceGetMemoryInfo(void *, Memory *m) { Call call; *m = {capacity, capacity - used, used}; return OK; }
int nvmlDeviceGetUtilizationRates(void *, Busy *b) { *b = {37, 12}; return OK; }
}
