enum { NVML_UNKNOWN = 1000 };
struct nvml_memory { unsigned long long total, free, used; };
struct nvml_busy { unsigned device, memory; }; // percent of the time
int nvml_load(const char *lib, char *msg, int size);
int nvml_count(unsigned *n);
int nvml_look(unsigned i, char *name, unsigned size, struct nvml_memory *m, struct nvml_busy *b);
