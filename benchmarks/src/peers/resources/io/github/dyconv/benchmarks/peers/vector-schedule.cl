// The schedule "vector" of dyconv-tornado by hand: the same panels, tiles, chunks and launches, for OpenCL on CPUs.
//
// Every size is a macro, as TornadoVM folds the components of PanelShape and ConvolutionShape into its kernels; their names
// are those of the components in capitals. Vectors are aligned, sums stay in registers, and products are fused by hand: not
// every compiler contracts a product and a sum that are written apart.

#define TAPS (KERNEL_HEIGHT * KERNEL_WIDTH)
#define IN_PER_GROUP (IN_PLANES / GROUPS)
#define OUT_PER_GROUP (OUT_PLANES / GROUPS)
#define PANELS (PANELS_PER_GROUP * GROUPS)
#define BANDS ((TILES_DOWN + TILE_ROWS_PER_BAND - 1) / TILE_ROWS_PER_BAND)
#define TILE_ROWS (TILE / TILE_COLUMNS)
#define PIXELS (HEIGHT * WIDTH)

// Elements from the input of a tile's first output to that of its t-th.
#define OFFSET(t) ((t) / TILE_COLUMNS * STRIDE_HEIGHT * PADDED_WIDTH + (t) % TILE_COLUMNS * STRIDE_WIDTH)

static float total(float16 v) {
    float8 v8 = v.lo + v.hi;
    float4 v4 = v8.lo + v8.hi;
    float2 v2 = v4.lo + v4.hi;
    return v2.x + v2.y;
}

static float mean(const __global float *restrict plane) {
    float16 sum0 = 0;
    float16 sum1 = 0;
    int i = 0;
    for (; i + 2 * LANES <= PIXELS; i += 2 * LANES) {
        sum0 += vload16(0, plane + i);
        sum1 += vload16(0, plane + i + LANES);
    }
    float sum = total(sum0 + sum1);
    for (; i < PIXELS; i++) {
        sum += plane[i];
    }
    return sum / PIXELS;
}

static void copy_row(const __global float *restrict from, __global float *restrict to, int length) {
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
        vstore16(vload16(0, from + i), 0, to + i);
    }
    for (; i < length; i++) {
        to[i] = from[i];
    }
}

static void zero(__global float *to, int length) {
    for (int i = 0; i < length; i++) {
        to[i] = 0;
    }
}

// pooled[n, c] = mean of x[n, c]. One work-item for each plane.
__kernel void average(const __global float *restrict x, __global float *restrict pooled) {
    int plane = get_global_id(0);
    pooled[plane] = mean(x + plane * PIXELS);
}

// The same, and a copy of x with zeros around: [N, C, PADDED_HEIGHT, PADDED_WIDTH].
__kernel void average_and_pad(
        const __global float *restrict x, __global float *restrict pooled, __global float *restrict padded) {
    int plane = get_global_id(0);
    const __global float *in = x + plane * PIXELS;
    pooled[plane] = mean(in);
    int left = min(PADDING_WIDTH, PADDED_WIDTH);
    int columns = min(WIDTH, PADDED_WIDTH - left);
    for (int row = 0; row < PADDED_HEIGHT; row++) {
        __global float *to = padded + (plane * PADDED_HEIGHT + row) * PADDED_WIDTH;
        int h = row - PADDING_HEIGHT;
        if (h >= 0 && h < HEIGHT) {
            zero(to, left);
            copy_row(in + h * WIDTH, to + left, columns);
            zero(to + left + columns, PADDED_WIDTH - left - columns);
        } else {
            zero(to, PADDED_WIDTH);
        }
    }
}

static float dot_product(const __global float *a, const __global float *b, int length) {
    float16 sums = 0;
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
        sums = fma(vload16(0, a + i), vload16(0, b + i), sums);
    }
    float sum = total(sums);
    for (; i < length; i++) {
        sum = fma(a[i], b[i], sum);
    }
    return sum;
}

// attention[n] = softmax((fc2_bias + fc2 · max(0, fc1 · pooled[n])) / temperature). One work-item for each sample.
__kernel void attend(
        const __global float *restrict pooled,
        const __global float *restrict fc1,
        const __global float *restrict fc2,
        const __global float *restrict fc2_bias,
        const __global float *restrict temperature,
        __global float *hidden,
        __global float *restrict attention) {
    int n = get_global_id(0);
    __global float *between = hidden + n * HIDDEN_PLANES;
    for (int h = 0; h < HIDDEN_PLANES; h++) {
        between[h] = max(0.0f, dot_product(pooled + n * IN_PLANES, fc1 + h * IN_PLANES, IN_PLANES));
    }
    float logits[KERNELS];
    float largest = -FLT_MAX;
    for (int k = 0; k < KERNELS; k++) {
        logits[k] = (fc2_bias[k] + dot_product(between, fc2 + k * HIDDEN_PLANES, HIDDEN_PLANES)) / temperature[0];
        largest = max(largest, logits[k]);
    }
    float sum = 0;
    for (int k = 0; k < KERNELS; k++) {
        logits[k] = exp(logits[k] - largest);
        sum += logits[k];
    }
    for (int k = 0; k < KERNELS; k++) {
        attention[n * KERNELS + k] = logits[k] / sum;
    }
}

// The bank by panels: [PANELS, C/G, TAPS, K], vectors of output channels. One work-item for each vector.
__kernel void pack(const __global float *restrict bank, __global float16 *restrict packed) {
    int vector = get_global_id(0);
    int k = vector % KERNELS;
    int tap = vector / KERNELS % TAPS;
    int ic = vector / KERNELS / TAPS % IN_PER_GROUP;
    int panel = vector / KERNELS / TAPS / IN_PER_GROUP;
    int group = panel / PANELS_PER_GROUP;
    int first = panel % PANELS_PER_GROUP * LANES;
    float lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        int channel = k * OUT_PLANES + group * OUT_PER_GROUP + first + lane;
        lanes[lane] = first + lane < OUT_PER_GROUP ? bank[(channel * IN_PER_GROUP + ic) * TAPS + tap] : 0;
    }
    packed[vector] = vload16(0, lanes);
}

// weight[i] = Σ_k attention[k] · bank[i, k], vectors.
static void aggregate(
        const __global float *restrict attention,
        const __global float16 *restrict bank,
        __global float16 *restrict weight,
        int length) {
    for (int i = 0; i < length; i++) {
        float16 sum = attention[0] * bank[i * KERNELS];
#pragma unroll
        for (int k = 1; k < KERNELS; k++) {
            sum = fma((float16)(attention[k]), bank[i * KERNELS + k], sum);
        }
        weight[i] = sum;
    }
}

// The outputs of a tile, as far as they are some, to their planes.
static void store(
        const __global float *restrict attention,
        const __global float *restrict biases,
        const __global float16 *restrict sums,
        __global float *restrict y,
        int n,
        int panel,
        int tile_row,
        int tile_column) {
    int channel = panel % PANELS_PER_GROUP * LANES;
    int channels = min(LANES, OUT_PER_GROUP - channel);
    int first = panel / PANELS_PER_GROUP * OUT_PER_GROUP + channel;
    int oh = tile_row * TILE_ROWS;
    int ow = tile_column * TILE_COLUMNS;
    int rows = min(TILE_ROWS, OUT_HEIGHT - oh);
    int columns = min(TILE_COLUMNS, OUT_WIDTH - ow);
    for (int lane = 0; lane < channels; lane++) {
        float bias = 0;
        for (int k = 0; k < KERNELS; k++) {
            bias = fma(attention[k], biases[k * OUT_PLANES + first + lane], bias);
        }
        const __global float *from = (const __global float *)sums + lane;
        __global float *to = y + ((n * OUT_PLANES + first + lane) * OUT_HEIGHT + oh) * OUT_WIDTH + ow;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[i * OUT_WIDTH + j] = from[(i * TILE_COLUMNS + j) * LANES] + bias;
            }
        }
    }
}

// y[n, oc] = Σ_k attention[n, k] · (biases[k, oc] + x[n] * bank[k, oc]), where * is the convolution of the padded x.
// One work-item for a panel of LANES output channels, a band of rows and a block of samples; groups of one.
//
// weight: [items, CHUNK * TAPS] and sums: [items, SAMPLES_PER_BLOCK, tiles of a band, TILE] are the work-items' own.
__kernel void aggregate_and_convolve(
        const __global float *restrict x,
        const __global float *restrict attention,
        const __global float16 *restrict bank,
        const __global float *restrict biases,
        __global float16 *restrict weight,
        __global float16 *restrict sums,
        __global float *restrict y) {
    int item = get_global_id(0);
    int band = item % BANDS;
    int panel = item / BANDS % PANELS;
    int first_sample = item / BANDS / PANELS * SAMPLES_PER_BLOCK;
    int end_sample = min(first_sample + SAMPLES_PER_BLOCK, BATCH);
    int first_row = band * TILE_ROWS_PER_BAND;
    int end_row = min(first_row + TILE_ROWS_PER_BAND, TILES_DOWN);
    int first_plane = panel / PANELS_PER_GROUP * IN_PER_GROUP;
    weight += item * CHUNK * TAPS;
    sums += item * SAMPLES_PER_BLOCK * TILE_ROWS_PER_BAND * TILES_ACROSS * TILE;
    for (int chunk = 0; chunk < IN_PER_GROUP; chunk += CHUNK) {
        int channels = min(CHUNK, IN_PER_GROUP - chunk);
        for (int n = first_sample; n < end_sample; n++) {
            const __global float *shares = attention + n * KERNELS;
            aggregate(shares, bank + (panel * IN_PER_GROUP + chunk) * TAPS * KERNELS, weight, channels * TAPS);
            const __global float *in = x + (n * IN_PLANES + first_plane + chunk) * PADDED_HEIGHT * PADDED_WIDTH;
            __global float16 *to = sums + (n - first_sample) * TILE_ROWS_PER_BAND * TILES_ACROSS * TILE;
            for (int i = first_row; i < end_row; i++) {
                for (int j = 0; j < TILES_ACROSS; j++, to += TILE) {
                    const __global float *corner =
                            in + i * TILE_ROWS * STRIDE_HEIGHT * PADDED_WIDTH + j * TILE_COLUMNS * STRIDE_WIDTH;
                    float16 sum[TILE];
#pragma unroll
                    for (int t = 0; t < TILE; t++) {
                        sum[t] = 0;
                    }
                    for (int ic = 0; ic < channels; ic++) {
#pragma unroll
                        for (int tap = 0; tap < TAPS; tap++) {
                            float16 w = weight[ic * TAPS + tap];
                            const __global float *from = corner
                                    + (ic * PADDED_HEIGHT + tap / KERNEL_WIDTH * DILATION_HEIGHT) * PADDED_WIDTH
                                    + tap % KERNEL_WIDTH * DILATION_WIDTH;
#pragma unroll
                            for (int t = 0; t < TILE; t++) {
                                sum[t] = fma(w, (float16)(from[OFFSET(t)]), sum[t]);
                            }
                        }
                    }
#pragma unroll
                    for (int t = 0; t < TILE; t++) {
                        to[t] = chunk == 0 ? sum[t] : to[t] + sum[t];
                    }
                    if (chunk + channels == IN_PER_GROUP) {
                        store(shares, biases, to, y, n, panel, i, j);
                    }
                }
            }
        }
    }
}
