// The stand-in's CUDA graphs: what is sent to a stream while it records becomes a node of a graph and waits for
// cuGraphLaunch, which does the copies, now reading host memory as it is by then, and counts the launches. What CUDA forbids
// while it records is refused, and said.
#include "cuda_standin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Node {
    char kind; // 'i' to the device, 'o' to the host, 'k' a kernel
    void *to;
    const void *from;
    size_t bytes;
    struct Node *next;
} Node;

struct CUgraph_st {
    Node *first, **end;
};

static CUstream recording; // one at a time, as we capture in CUDA's global mode
static CUgraph graph;
static int broken;

int record(CUstream stream, char kind, void *to, const void *from, size_t bytes) {
    if (!recording || stream != recording) return 0;
    Node *node = calloc(1, sizeof(Node));
    *node = (Node){kind, to, from, bytes, NULL};
    *graph->end = node;
    graph->end = &node->next;
    return 1;
}

CUresult unless_recording(const char *call) {
    if (!recording) return CUDA_SUCCESS;
    fprintf(stderr, "graph: %s while recording\n", call);
    broken = 1;
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
    if (recording) return unless_recording("cuStreamBeginCapture");
    recording = stream;
    broken = 0;
    graph = calloc(1, sizeof(struct CUgraph_st));
    graph->end = &graph->first;
    return CUDA_SUCCESS;
}

CUresult cuStreamIsCapturing(CUstream stream, CUstreamCaptureStatus *status) {
    *status = recording && stream == recording ? CU_STREAM_CAPTURE_STATUS_ACTIVE : CU_STREAM_CAPTURE_STATUS_NONE;
    return CUDA_SUCCESS;
}

CUresult cuStreamEndCapture(CUstream stream, CUgraph *ended) {
    *ended = graph;
    recording = NULL;
    return broken ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS;
}

#undef cuGraphInstantiateWithFlags
CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph recorded, unsigned long long flags) {
    *executable = (CUgraphExec)recorded; // which cuGraphDestroy therefore leaves
    return CUDA_SUCCESS;
}

CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
    size_t in = 0, out = 0;
    int kernels = 0;
    unsigned sum = 0; // of the bytes that go in, so that one sees whether they are the present ones
    for (Node *node = ((CUgraph)executable)->first; node; node = node->next) {
        if (node->kind == 'k') {
            kernels++;
        } else {
            memcpy(node->to, node->from, node->bytes);
            *(node->kind == 'i' ? &in : &out) += node->bytes;
            for (size_t i = 0; node->kind == 'i' && i < node->bytes; i++) sum = sum * 31 + ((const unsigned char *)node->from)[i];
        }
    }
    fprintf(stderr, "graph: %zu bytes in (sum %08x), %d kernels, %zu bytes out\n", in, sum, kernels, out);
    return CUDA_SUCCESS;
}

CUresult cuGraphDestroy(CUgraph recorded) {
    return CUDA_SUCCESS;
}

CUresult cuGraphExecDestroy(CUgraphExec executable) {
    for (Node *node = ((CUgraph)executable)->first, *next; node; node = next) {
        next = node->next;
        free(node);
    }
    free(executable);
    return CUDA_SUCCESS;
}

#undef cuGraphExecUpdate
CUresult cuGraphExecUpdate_v2(CUgraphExec executable, CUgraph recorded, CUgraphExecUpdateResultInfo *info) {
    return CUDA_ERROR_NOT_SUPPORTED;
}
