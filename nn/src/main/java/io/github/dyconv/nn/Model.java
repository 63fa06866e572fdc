package io.github.dyconv.nn;

import io.github.dyconv.Parameters;
import io.github.dyconv.Temperature;
import io.github.dyconv.Tensor;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A network with its numbers: parameters and buffers under their state_dict names, and the temperature of all its dynamic
 * convolutions. Not thread-safe.
 */
public final class Model {
    private final Network network;
    private final Map<String, Tensor> parameters;
    private final Map<String, Tensor> buffers;
    private final Map<Operation.Convolution, Parameters> layers = new HashMap<>();
    private double temperature = 1;

    private Model(Network network) {
        this.network = network;
        this.parameters = zeros(network.parameterShapes());
        this.buffers = zeros(network.bufferShapes());
        parametersChanged();
    }

    private static Map<String, Tensor> zeros(Map<String, int[]> shapes) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> tensors.put(name, Tensor.zeros(shape)));
        return Collections.unmodifiableMap(tensors);
    }

    /**
     * A network before training, at temperature 1, reproducible from its seed on every machine. Plain convolutions and linear
     * operations are as torchvision's ResNet begins (Kaiming normal for fan-out and ReLU; uniform ±1/√fan-in), dynamic
     * convolutions as {@link Parameters#initial}, batch normalization as the identity.
     *
     * @param network what it is
     * @param seed equal seeds give equal models
     * @return the model
     */
    public static Model initial(Network network, long seed) {
        Model model = new Model(network);
        Initialization.fill(model, seed);
        return model;
    }

    /**
     * A network with given numbers.
     *
     * @param network what it is
     * @param stateDict a tensor for each of its parameters and buffers; anything else in it is ignored. The values are copied
     * @param temperature of its dynamic convolutions
     * @return the model
     * @throws IllegalArgumentException if one is missing or misshapen, or the temperature is not positive
     */
    public static Model of(Network network, Map<String, Tensor> stateDict, double temperature) {
        Model model = new Model(network);
        model.setTemperature(temperature);
        model.loadStateDict(stateDict);
        return model;
    }

    /**
     * What it is.
     *
     * @return the description
     */
    public Network network() {
        return network;
    }

    /**
     * What is trained. After writing to these tensors, call {@link #parametersChanged()}.
     *
     * @return the live tensors under their state_dict names, in the network's order
     */
    public Map<String, Tensor> parameters() {
        return parameters;
    }

    /**
     * The running statistics of batch normalization.
     *
     * @return the live tensors under their state_dict names, in the network's order
     */
    public Map<String, Tensor> buffers() {
        return buffers;
    }

    /**
     * All parameters and buffers: what PyTorch's {@code load_state_dict} takes. ({@code num_batches_tracked}, which PyTorch
     * saves too, is not needed to load, and not kept.)
     *
     * @return the live tensors under their state_dict names, in PyTorch's order
     */
    public Map<String, Tensor> stateDict() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (Operation operation : network.operations()) {
            for (String name : operation.parameterShapes().keySet()) {
                state.put(fullName(operation, name), parameter(operation, name));
            }
            for (String name : operation.bufferShapes().keySet()) {
                state.put(fullName(operation, name), parameter(operation, name));
            }
        }
        return Collections.unmodifiableMap(state);
    }

    /**
     * Replaces all parameters and buffers, or none if one does not fit.
     *
     * @param stateDict as {@link #of} takes it
     * @throws IllegalArgumentException if one is missing or misshapen
     */
    public void loadStateDict(Map<String, Tensor> stateDict) {
        Map<String, Tensor> own = stateDict();
        own.forEach((name, tensor) -> {
            Tensor value = stateDict.get(name);
            if (value == null) {
                throw new IllegalArgumentException(name + ": missing; expected " + tensor);
            }
            if (!value.hasShape(tensor.shape())) {
                throw new IllegalArgumentException(name + ": expected " + tensor + ", got " + value);
            }
        });
        own.forEach((name, tensor) -> tensor.copyFrom(Objects.requireNonNull(stateDict.get(name))));
        parametersChanged();
    }

    /**
     * The temperature of all dynamic convolutions.
     *
     * @return positive
     */
    public double temperature() {
        return temperature;
    }

    /**
     * Changes the temperature of all dynamic convolutions.
     *
     * @param temperature positive and finite
     * @throws IllegalArgumentException if it is not
     */
    public void setTemperature(double temperature) {
        if (!Temperature.isValid(temperature)) {
            throw new IllegalArgumentException("temperature: must be a positive finite number, got " + temperature);
        }
        this.temperature = temperature;
        layers.replaceAll((convolution, layer) -> layer.withTemperature(temperature));
    }

    /** Tells that the numbers of {@link #parameters()} were changed in place: what is derived from them is made anew. */
    public void parametersChanged() {
        for (Operation.Convolution convolution : network.convolutions()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            convolution.layer().parameterShapes().forEach((name, shape) -> {
                Tensor tensor = parameters.get(fullName(convolution, name));
                // A plain convolution has no attention, and one kernel, which PyTorch gives no dimension.
                tensors.put(name, tensor == null ? Tensor.zeros(shape) : tensor.reshape(shape));
            });
            layers.put(convolution, Parameters.wrap(convolution.layer(), tensors, temperature));
        }
    }

    /**
     * A convolution's parameters as they are now, for {@link io.github.dyconv.Device#prepare}.
     *
     * @param convolution one of {@link Network#convolutions()}
     * @return views of the live tensors
     * @throws IllegalArgumentException if it is not of this network
     */
    public Parameters layer(Operation.Convolution convolution) {
        Parameters layer = layers.get(convolution);
        if (layer == null) {
            throw new IllegalArgumentException("convolution: " + convolution + " is not of this network");
        }
        return layer;
    }

    /**
     * A parameter or buffer of an operation.
     *
     * @param operation one of the network's
     * @param name a key of its {@link Operation#parameterShapes()} or {@link Operation#bufferShapes()}
     * @return the live tensor
     * @throws IllegalArgumentException if there is none
     */
    public Tensor parameter(Operation operation, String name) {
        String full = fullName(operation, name);
        for (Map<String, Tensor> part : List.of(parameters, buffers)) {
            Tensor tensor = part.get(full);
            if (tensor != null) {
                return tensor;
            }
        }
        throw new IllegalArgumentException("name: this network has no '" + full + "'");
    }

    static String fullName(Operation operation, String name) {
        return operation.name() + "." + name;
    }
}
