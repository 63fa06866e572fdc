// A stand-in for OpenCL: one platform with one device of the class that $STANDIN_DEVICE names (gpu, cpu or fpga). It accepts
// programs and runs nothing. Launches it adds to the file launches in $PROOF_DIR, a line each: kernel, groups, group. A launch
// that OpenCL forbids is an error.
#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_1_APIS
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GROUP 256

typedef struct {
    const char *kind, *name;
    cl_device_type type;
    cl_uint units;
} Device;

// What OpenCL calls an FPGA is an accelerator.
static const Device devices[] = {
    {"gpu", "stand-in GPU (runs nothing)", CL_DEVICE_TYPE_GPU, 104},
    {"cpu", "stand-in CPU (runs nothing)", CL_DEVICE_TYPE_CPU, 16},
    {"fpga", "stand-in FPGA (runs nothing)", CL_DEVICE_TYPE_ACCELERATOR, 1},
};

// What all handles but those of kernels and of memory, which is the host's, point at.
static char handle;
#define HANDLE ((void *)&handle)

static const Device *device(void) {
    const char *kind = getenv("STANDIN_DEVICE");
    for (size_t i = 0; kind && i < sizeof devices / sizeof *devices; i++) {
        if (!strcmp(devices[i].kind, kind)) return &devices[i];
    }
    fprintf(stderr, "STANDIN_DEVICE: expected gpu, cpu or fpga, got %s\n", kind ? kind : "nothing");
    exit(2);
}

// Answers a query, with as much as fits.
static cl_int answer(const void *from, size_t bytes, size_t room, void *to, size_t *size) {
    if (size) *size = bytes;
    if (to) memcpy(to, from, bytes < room ? bytes : room);
    return CL_SUCCESS;
}

static cl_int answer_text(const char *text, size_t room, void *to, size_t *size) {
    return answer(text, strlen(text) + 1, room, to, size);
}

static cl_int answer_number(uint64_t number, size_t bytes, size_t room, void *to, size_t *size) {
    return answer(&number, bytes, room, to, size);
}

static void *succeed(void *made, cl_int *error) {
    if (error) *error = CL_SUCCESS;
    return made;
}

static cl_int happened(cl_event *event) {
    if (event) *event = HANDLE;
    return CL_SUCCESS;
}

cl_int clGetPlatformIDs(cl_uint room, cl_platform_id *platforms, cl_uint *count) {
    if (platforms) *platforms = HANDLE;
    if (count) *count = 1;
    return CL_SUCCESS;
}

cl_int clGetPlatformInfo(cl_platform_id platform, cl_platform_info what, size_t room, void *to, size_t *size) {
    switch (what) {
    case CL_PLATFORM_NAME:
    case CL_PLATFORM_VENDOR: return answer_text("stand-in", room, to, size);
    case CL_PLATFORM_VERSION: return answer_text("OpenCL 3.0 stand-in", room, to, size);
    default: return answer_text("", room, to, size);
    }
}

cl_int clGetDeviceIDs(cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id *ids, cl_uint *count) {
    if (!(type & device()->type)) return CL_DEVICE_NOT_FOUND;
    if (ids) *ids = HANDLE;
    if (count) *count = 1;
    return CL_SUCCESS;
}

cl_int clGetDeviceInfo(cl_device_id id, cl_device_info what, size_t room, void *to, size_t *size) {
    static const size_t sizes[] = {MAX_GROUP, MAX_GROUP, MAX_GROUP};
    switch (what) {
    case CL_DEVICE_NAME: return answer_text(device()->name, room, to, size);
    case CL_DEVICE_VENDOR: return answer_text("stand-in", room, to, size);
    case CL_DEVICE_VERSION: return answer_text("OpenCL 3.0 stand-in", room, to, size);
    case CL_DEVICE_OPENCL_C_VERSION: return answer_text("OpenCL C 1.2", room, to, size);
    case CL_DRIVER_VERSION: return answer_text("1.0", room, to, size);
    case CL_DEVICE_IL_VERSION: return answer_text("SPIR-V_1.2", room, to, size);
    case CL_DEVICE_EXTENSIONS: return answer_text("cl_khr_fp64", room, to, size);
    case CL_DEVICE_TYPE: return answer_number(device()->type, sizeof(cl_device_type), room, to, size);
    case CL_DEVICE_MAX_COMPUTE_UNITS: return answer_number(device()->units, sizeof(cl_uint), room, to, size);
    case CL_DEVICE_MAX_CLOCK_FREQUENCY: return answer_number(1000, sizeof(cl_uint), room, to, size);
    case CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS: return answer_number(3, sizeof(cl_uint), room, to, size);
    case CL_DEVICE_MAX_WORK_ITEM_SIZES: return answer(sizes, sizeof sizes, room, to, size);
    case CL_DEVICE_MAX_WORK_GROUP_SIZE: return answer_number(MAX_GROUP, sizeof(size_t), room, to, size);
    case CL_DEVICE_ADDRESS_BITS: return answer_number(64, sizeof(cl_uint), room, to, size);
    case CL_DEVICE_MEM_BASE_ADDR_ALIGN: return answer_number(1024, sizeof(cl_uint), room, to, size);
    case CL_DEVICE_GLOBAL_MEM_SIZE:
    case CL_DEVICE_MAX_MEM_ALLOC_SIZE: return answer_number(16ull << 30, sizeof(cl_ulong), room, to, size);
    case CL_DEVICE_LOCAL_MEM_SIZE: return answer_number(32 << 10, sizeof(cl_ulong), room, to, size);
    case CL_DEVICE_LOCAL_MEM_TYPE: return answer_number(CL_LOCAL, sizeof(cl_uint), room, to, size);
    case CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE: return answer_number(64 << 10, sizeof(cl_ulong), room, to, size);
    case CL_DEVICE_SINGLE_FP_CONFIG:
    case CL_DEVICE_DOUBLE_FP_CONFIG: return answer_number(CL_FP_FMA, sizeof(cl_ulong), room, to, size);
    case CL_DEVICE_ENDIAN_LITTLE:
    case CL_DEVICE_AVAILABLE: return answer_number(CL_TRUE, sizeof(cl_bool), room, to, size);
    default: return answer_number(0, sizeof(cl_uint), room, to, size);
    }
}

cl_context clCreateContext(
        const cl_context_properties *properties, cl_uint count, const cl_device_id *ids,
        void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data, cl_int *error) {
    return succeed(HANDLE, error);
}

cl_int clGetContextInfo(cl_context context, cl_context_info what, size_t room, void *to, size_t *size) {
    void *only = HANDLE;
    return what == CL_CONTEXT_DEVICES ? answer(&only, sizeof only, room, to, size)
                                      : answer_number(1, sizeof(cl_uint), room, to, size);
}

cl_int clReleaseContext(cl_context context) { return CL_SUCCESS; }

cl_command_queue clCreateCommandQueue(
        cl_context context, cl_device_id id, cl_command_queue_properties properties, cl_int *error) {
    return succeed(HANDLE, error);
}

cl_int clGetCommandQueueInfo(cl_command_queue queue, cl_command_queue_info what, size_t room, void *to, size_t *size) {
    void *only = HANDLE;
    return what == CL_QUEUE_PROPERTIES ? answer_number(CL_QUEUE_PROFILING_ENABLE, sizeof(cl_ulong), room, to, size)
                                       : answer(&only, sizeof only, room, to, size);
}

cl_int clReleaseCommandQueue(cl_command_queue queue) { return CL_SUCCESS; }
cl_int clFlush(cl_command_queue queue) { return CL_SUCCESS; }
cl_int clFinish(cl_command_queue queue) { return CL_SUCCESS; }

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t bytes, void *host, cl_int *error) {
    return succeed(calloc(1, bytes), error);
}

cl_mem clCreateSubBuffer(
        cl_mem buffer, cl_mem_flags flags, cl_buffer_create_type type, const void *region, cl_int *error) {
    return succeed((char *)buffer + ((const cl_buffer_region *)region)->origin, error);
}

cl_int clReleaseMemObject(cl_mem buffer) {
    free(buffer);
    return CL_SUCCESS;
}

cl_int clEnqueueWriteBuffer(
        cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t bytes, const void *from,
        cl_uint count, const cl_event *events, cl_event *event) {
    memcpy((char *)buffer + offset, from, bytes);
    return happened(event);
}

cl_int clEnqueueReadBuffer(
        cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t bytes, void *to, cl_uint count,
        const cl_event *events, cl_event *event) {
    memcpy(to, (const char *)buffer + offset, bytes);
    return happened(event);
}

void *clEnqueueMapBuffer(
        cl_command_queue queue, cl_mem buffer, cl_bool blocking, cl_map_flags flags, size_t offset, size_t bytes,
        cl_uint count, const cl_event *events, cl_event *event, cl_int *error) {
    happened(event);
    return succeed((char *)buffer + offset, error);
}

cl_int clEnqueueUnmapMemObject(
        cl_command_queue queue, cl_mem buffer, void *mapped, cl_uint count, const cl_event *events, cl_event *event) {
    return happened(event);
}

cl_program clCreateProgramWithSource(
        cl_context context, cl_uint count, const char **texts, const size_t *lengths, cl_int *error) {
    return succeed(HANDLE, error);
}

cl_program clCreateProgramWithBinary(
        cl_context context, cl_uint count, const cl_device_id *ids, const size_t *lengths,
        const unsigned char **binaries, cl_int *status, cl_int *error) {
    return succeed(HANDLE, error);
}

cl_program clCreateProgramWithIL(cl_context context, const void *il, size_t bytes, cl_int *error) {
    return succeed(HANDLE, error);
}

cl_int clBuildProgram(
        cl_program program, cl_uint count, const cl_device_id *ids, const char *options,
        void(CL_CALLBACK *notify)(cl_program, void *), void *data) {
    return CL_SUCCESS;
}

cl_int clGetProgramInfo(cl_program program, cl_program_info what, size_t room, void *to, size_t *size) {
    return answer_number(0, sizeof(cl_uint), room, to, size);
}

cl_int clGetProgramBuildInfo(
        cl_program program, cl_device_id id, cl_program_build_info what, size_t room, void *to, size_t *size) {
    return what == CL_PROGRAM_BUILD_STATUS ? answer_number(CL_BUILD_SUCCESS, sizeof(cl_build_status), room, to, size)
                                           : answer_text("", room, to, size);
}

cl_int clReleaseProgram(cl_program program) { return CL_SUCCESS; }

cl_kernel clCreateKernel(cl_program program, const char *name, cl_int *error) {
    return succeed(strdup(name), error);
}

cl_int clGetKernelInfo(cl_kernel kernel, cl_kernel_info what, size_t room, void *to, size_t *size) {
    return answer_text((const char *)kernel, room, to, size);
}

cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t bytes, const void *value) { return CL_SUCCESS; }

cl_int clReleaseKernel(cl_kernel kernel) {
    free(kernel);
    return CL_SUCCESS;
}

cl_int clEnqueueNDRangeKernel(
        cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *global,
        const size_t *local, cl_uint count, const cl_event *events, cl_event *event) {
    size_t groups[3] = {1, 1, 1}, group[3] = {1, 1, 1}, items = 1;
    for (cl_uint i = 0; i < dimensions; i++) {
        group[i] = local ? local[i] : 1; // without one OpenCL chooses
        groups[i] = global[i] / group[i];
        items *= group[i];
        if (global[i] % group[i]) {
            fprintf(stderr, "%s: %zu items in groups of %zu\n", (char *)kernel, global[i], group[i]);
            return CL_INVALID_WORK_GROUP_SIZE;
        }
    }
    if (items > MAX_GROUP) {
        fprintf(stderr, "%s: a group of %zu items\n", (char *)kernel, items);
        return CL_INVALID_WORK_GROUP_SIZE;
    }
    char path[512];
    snprintf(path, sizeof path, "%s/launches", getenv("PROOF_DIR"));
    FILE *file = fopen(path, "a");
    if (!file) {
        perror(path);
        exit(2);
    }
    fprintf(
            file, "%s %zu %zu %zu %zu %zu %zu\n", (char *)kernel, groups[0], groups[1], groups[2], group[0], group[1],
            group[2]);
    fclose(file);
    return happened(event);
}

cl_int clEnqueueMarkerWithWaitList(cl_command_queue queue, cl_uint count, const cl_event *events, cl_event *event) {
    return happened(event);
}

cl_int clEnqueueBarrierWithWaitList(cl_command_queue queue, cl_uint count, const cl_event *events, cl_event *event) {
    return happened(event);
}

cl_int clEnqueueWaitForEvents(cl_command_queue queue, cl_uint count, const cl_event *events) { return CL_SUCCESS; }
cl_int clWaitForEvents(cl_uint count, const cl_event *events) { return CL_SUCCESS; }

cl_int clGetEventInfo(cl_event event, cl_event_info what, size_t room, void *to, size_t *size) {
    return answer_number(CL_COMPLETE, sizeof(cl_int), room, to, size);
}

cl_int clGetEventProfilingInfo(cl_event event, cl_profiling_info what, size_t room, void *to, size_t *size) {
    return answer_number(0, sizeof(cl_ulong), room, to, size);
}

cl_int clReleaseEvent(cl_event event) { return CL_SUCCESS; }
