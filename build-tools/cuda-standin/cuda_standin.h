// What the stand-in's files have in common.
#include <cuda.h>

// Takes a copy or a launch into the graph that the stream records; 0 if it records none, and it is to be done now.
int record(CUstream stream, char kind, void *to, const void *from, size_t bytes);

// The answer to a call that CUDA does not allow while any stream records.
CUresult unless_recording(const char *call);

// The device's compute capability, times ten.
int capability(void);
