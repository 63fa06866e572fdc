// A stand-in for NVRTC, CUDA's compiler at run time: it compiles nothing, so that the driver's stand-in gets, and writes down,
// the source. Its own declarations spare it nvrtc.h, which not every toolkit has.
#include "cuda_standin.h"

#include <stdlib.h>
#include <string.h>

typedef enum { NVRTC_SUCCESS } nvrtcResult;
typedef struct {
    char *source;
} *nvrtcProgram;

const char *nvrtcGetErrorString(nvrtcResult result) { return "success"; }

nvrtcResult nvrtcVersion(int *major, int *minor) {
    *major = CUDA_VERSION / 1000;
    *minor = CUDA_VERSION % 1000 / 10;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetNumSupportedArchs(int *count) {
    *count = 1;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetSupportedArchs(int *architectures) {
    *architectures = capability();
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcCreateProgram(
        nvrtcProgram *program, const char *source, const char *name, int count, const char *const *headers,
        const char *const *names) {
    *program = malloc(sizeof **program);
    (*program)->source = strdup(source);
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int count, const char *const *options) { return NVRTC_SUCCESS; }

nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t *bytes) {
    *bytes = 1;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char *log) {
    *log = 0;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t *bytes) {
    *bytes = strlen(program->source) + 1;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char *image) {
    strcpy(image, program->source);
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, size_t *bytes) { return nvrtcGetCUBINSize(program, bytes); }
nvrtcResult nvrtcGetPTX(nvrtcProgram program, char *image) { return nvrtcGetCUBIN(program, image); }

nvrtcResult nvrtcDestroyProgram(nvrtcProgram *program) {
    free((*program)->source);
    free(*program);
    return NVRTC_SUCCESS;
}
