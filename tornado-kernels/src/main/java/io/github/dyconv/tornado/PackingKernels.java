package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Rewrites a bank of K kernels in the order in which a convolution reads it, once for every change of the parameters, and
 * its gradient back.
 *
 * <p>Where a {@link ConvolutionShape} is exchanged, the kernels are a layer's with input and output channels exchanged and
 * turned by 180 degrees: with them the convolution computes the gradient of the layer's input.
 */
public final class PackingKernels {
    private PackingKernels() {}

    /**
     * The kernels in the plain order: {@code packed[k, oc, ic, tap]}, for exchanged shapes.
     *
     * <p>bank: {@code [K, C, O/G, kh·kw]} of the shape, packed: {@code [K, O, C/G, kh·kw]}.
     *
     * <p>One work-item writes one element.
     *
     * <p>Launch: C/G·kh·kw x K·O. For all devices.
     *
     * @param bank as the layer has it
     * @param packed overwritten
     * @param kernels K
     * @param s all sizes of the convolution
     */
    public static void packPlain(FloatArray bank, FloatArray packed, int kernels, ConvolutionShape s) {
        for (@Parallel int plane = 0; plane < kernels * s.outPlanes(); plane++) {
            for (@Parallel int i = 0; i < s.inPlanes() / s.groups() * s.kernelHeight() * s.kernelWidth(); i++) {
                int taps = s.kernelHeight() * s.kernelWidth();
                int k = plane / s.outPlanes();
                int oc = plane - k * s.outPlanes();
                int ic = i / taps;
                packed.set(
                        plane * (s.inPlanes() / s.groups()) * taps + i, bank.get(source(k, oc, ic, i - ic * taps, s)));
            }
        }
    }

    /**
     * The kernels by the panels of {@link VectorConvolutionKernels}: {@code [panels, C/G·kh·kw, K, 16]}, filled up with
     * zeros, and a vector of zeros.
     *
     * <p>bank: as the layer has it.
     *
     * <p>One work-item writes the vectors of an input channel.
     *
     * <p>Launch: C/G x panels. For CPUs.
     *
     * @param bank K kernels
     * @param packed overwritten
     * @param p all sizes of the convolution
     */
    public static void packPanels(FloatArray bank, FloatArray packed, PanelShape p) {
        for (@Parallel int panel = 0; panel < p.panels(); panel++) {
            for (@Parallel int ic = 0; ic < p.inPerGroup(); ic++) {
                ConvolutionShape s = p.convolution();
                int group = panel / p.panelsPerGroup();
                int first = (panel - group * p.panelsPerGroup()) * PanelShape.LANES;
                int outPerGroup = s.outPlanes() / s.groups();
                int channels = Math.min(PanelShape.LANES, outPerGroup - first);
                int step = p.kernels() * PanelShape.LANES;
                for (int k = 0; k < p.kernels(); k++) {
                    int vector = (panel * p.inPerGroup() + ic) * p.taps() * p.kernels() + k;
                    for (int lane = 0; lane < PanelShape.LANES; lane++) {
                        int to = vector * PanelShape.LANES + lane;
                        if (lane < channels) {
                            int from = source(k, group * outPerGroup + first + lane, ic, 0, s);
                            for (int tap = 0; tap < p.taps(); tap++) {
                                packed.set(to + tap * step, bank.get(from + tap * (1 - 2 * s.exchanged())));
                            }
                        } else {
                            for (int tap = 0; tap < p.taps(); tap++) {
                                packed.set(to + tap * step, 0.0f);
                            }
                        }
                    }
                }
                if (panel == 0 && ic == 0) {
                    for (int lane = 0; lane < PanelShape.LANES; lane++) {
                        packed.set(p.zeroVector() * PanelShape.LANES + lane, 0.0f);
                    }
                }
            }
        }
    }

    /**
     * The kernels by the blocks of {@link DepthwiseKernels}: {@code [blocks, O/G, C/G·kh·kw, K, 16]}, filled up with the last
     * group, and a vector of zeros.
     *
     * <p>bank: as the layer has it.
     *
     * <p>One work-item writes one vector.
     *
     * <p>Launch: K x blocks·O/G·C/G·kh·kw. For CPUs.
     *
     * @param bank K kernels
     * @param packed overwritten
     * @param d all sizes of the convolution
     */
    public static void packBlocks(FloatArray bank, FloatArray packed, DepthwiseShape d) {
        for (@Parallel int row = 0; row < d.blocks() * d.weights(); row++) {
            for (@Parallel int k = 0; k < d.kernels(); k++) {
                ConvolutionShape s = d.convolution();
                int block = row / d.weights();
                int weight = row - block * d.weights();
                int plane = weight / d.taps(); // of an output and an input channel
                int tap = weight - plane * d.taps();
                int oc = plane / d.inPerGroup();
                int ic = plane - oc * d.inPerGroup();
                for (int lane = 0; lane < DepthwiseShape.LANES; lane++) {
                    int group = Math.min(block * DepthwiseShape.LANES + lane, s.groups() - 1);
                    packed.set(
                            (row * d.kernels() + k) * DepthwiseShape.LANES + lane,
                            bank.get(source(k, group * d.outPerGroup() + oc, ic, tap, s)));
                }
                if (row == 0 && k == 0) {
                    for (int lane = 0; lane < DepthwiseShape.LANES; lane++) {
                        packed.set(d.zeroVector() * DepthwiseShape.LANES + lane, 0.0f);
                    }
                }
            }
        }
    }

    /**
     * The bank's gradient from panels to the order of the layer: {@code gradient[k, oc, ic, tap]}.
     *
     * <p>packed: {@code [panels, C/G·kh·kw, K, 16]}, gradient: {@code [K, O, C/G, kh·kw]}.
     *
     * <p>One work-item writes what an input channel and the 16 output channels of a panel have in common.
     *
     * <p>Launch: C/G x panels. For CPUs.
     *
     * @param packed gradient by panels
     * @param gradient overwritten
     * @param p all sizes of the layer's convolution
     */
    public static void unpackPanels(FloatArray packed, FloatArray gradient, PanelShape p) {
        for (@Parallel int panel = 0; panel < p.panels(); panel++) {
            for (@Parallel int ic = 0; ic < p.inPerGroup(); ic++) {
                ConvolutionShape s = p.convolution();
                int group = panel / p.panelsPerGroup();
                int first = (panel - group * p.panelsPerGroup()) * PanelShape.LANES;
                int outPerGroup = s.outPlanes() / s.groups();
                int channels = Math.min(PanelShape.LANES, outPerGroup - first);
                int step = p.kernels() * PanelShape.LANES;
                for (int k = 0; k < p.kernels(); k++) {
                    int vector = (panel * p.inPerGroup() + ic) * p.taps() * p.kernels() + k;
                    for (int lane = 0; lane < channels; lane++) {
                        int to = source(k, group * outPerGroup + first + lane, ic, 0, s);
                        for (int tap = 0; tap < p.taps(); tap++) {
                            gradient.set(to + tap, packed.get(vector * PanelShape.LANES + lane + tap * step));
                        }
                    }
                }
            }
        }
    }

    /**
     * The kernels by the tiles of {@link ImplicitGemmKernels}: {@code [K, G, channel tiles, taps, channel blocks, depth, tile
     * channels]}, filled up with zeros.
     *
     * <p>bank: as the layer has it.
     *
     * <p>One work-item writes one element.
     *
     * <p>Launch: depth · tile channels x K·G·channel tiles·steps. For GPUs.
     *
     * @param bank K kernels
     * @param packed overwritten
     * @param kernels K
     * @param t all sizes of the convolution
     */
    public static void packTiles(FloatArray bank, FloatArray packed, int kernels, ConvolutionTile t) {
        for (@Parallel int row = 0; row < kernels * t.shape().groups() * t.channelTiles() * t.steps(); row++) {
            for (@Parallel int i = 0; i < t.weightsPerStep(); i++) {
                ConvolutionShape s = t.shape();
                int outPerGroup = s.outPlanes() / s.groups();
                int tileOfAll = row / t.steps();
                int step = row - tileOfAll * t.steps();
                int sample = tileOfAll / t.channelTiles(); // of kernel and group
                int k = sample / s.groups();
                int group = sample - k * s.groups();
                int tap = step / t.channelBlocks();
                int d = i / t.channels();
                int channel = (tileOfAll - sample * t.channelTiles()) * t.channels() + i - d * t.channels();
                int ic = (step - tap * t.channelBlocks()) * t.depth() + d;
                float value = 0.0f;
                if (channel < outPerGroup && ic < s.inPlanes() / s.groups()) {
                    value = bank.get(source(k, group * outPerGroup + channel, ic, tap, s));
                }
                packed.set(row * t.weightsPerStep() + i, value);
            }
        }
    }

    /** Where the layer's bank has a weight of the convolution. */
    private static int source(int k, int oc, int ic, int tap, ConvolutionShape s) {
        int taps = s.kernelHeight() * s.kernelWidth();
        int inPerGroup = s.inPlanes() / s.groups();
        int outPerGroup = s.outPlanes() / s.groups();
        if (s.exchanged() == 0) {
            return ((k * s.outPlanes() + oc) * inPerGroup + ic) * taps + tap;
        }
        int group = oc / outPerGroup;
        int layerOut = group * inPerGroup + ic;
        int layerIn = oc - group * outPerGroup;
        return ((k * s.inPlanes() + layerOut) * outPerGroup + layerIn) * taps + taps - 1 - tap;
    }
}
