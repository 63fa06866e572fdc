package io.github.dyconv.nn.spi;

import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.nn.Model;

/** A device that takes whole networks: in evaluation, what is between two operations never leaves it. */
public interface NetworkDevice extends Device {
    /**
     * Makes a network ready for one batch size.
     *
     * @param model what to run
     * @param options how
     * @param input {@code [N, C, H, W]}, read at each run
     * @param output {@code [N, C, H, W]}, overwritten by each run
     * @return the network on the device
     * @throws io.github.dyconv.DeviceException if the device can't do what the options ask, or the network is too large for it
     */
    PreparedNetwork prepareNetwork(Model model, ForwardOptions options, Tensor input, Tensor output);
}
