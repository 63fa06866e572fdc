package uk.ac.manchester.tornado.api;

import io.github.dyconv.simulator.engine.MirrorAccess;
import io.github.dyconv.simulator.engine.PlanSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * Runs task graphs, here on the simulator. What the kernels do wrong comes as one
 * {@link io.github.dyconv.simulator.KernelFault} out of {@link #execute()}. A plan is to be used by one thread at a
 * time; several plans may run at once. Close it to give its device memory back.
 */
public class TornadoExecutionPlan implements AutoCloseable {

    /** The device that plans use unless told otherwise. */
    public static TornadoDevice DEFAULT_DEVICE =
            TornadoRuntimeProvider.getTornadoRuntime().getDefaultDevice();

    private static final AtomicInteger PLANS = new AtomicInteger();

    static {
        MirrorAccess.registerPlans(plan -> plan.session);
    }

    private final PlanSession session;
    private final long id = PLANS.incrementAndGet();
    private final List<TornadoExecutionResult> results = new ArrayList<>();

    /**
     * Makes a plan.
     *
     * @param immutableTaskGraphs the graphs, which run in this order
     */
    public TornadoExecutionPlan(ImmutableTaskGraph... immutableTaskGraphs) {
        this.session = new PlanSession(Arrays.stream(immutableTaskGraphs)
                .map(ImmutableTaskGraph::record)
                .toList());
    }

    /**
     * Finds a device.
     *
     * @param backendIndex the backend's index
     * @param deviceIndex the device's index in it
     * @return the device
     */
    public static TornadoDevice getDevice(int backendIndex, int deviceIndex) {
        return TornadoRuntimeProvider.getTornadoRuntime()
                .getBackend(backendIndex)
                .getDevice(deviceIndex);
    }

    /** {@return the number of plans made so far} */
    public static int getTotalPlans() {
        return PLANS.get();
    }

    /** {@return all backends and devices} */
    public static TornadoDeviceMap getTornadoDeviceMap() {
        return new TornadoDeviceMap();
    }

    /**
     * Runs the selected graphs.
     *
     * @return the outcome
     * @throws io.github.dyconv.simulator.KernelFault if a kernel does something wrong
     */
    public TornadoExecutionResult execute() {
        TornadoExecutionResult result = new TornadoExecutionResult(session, session.execute());
        results.add(result);
        return result;
    }

    /**
     * Selects one graph.
     *
     * @param graphIndex its index among the constructor's arguments
     * @return this plan
     */
    public TornadoExecutionPlan withGraph(int graphIndex) {
        session.selectGraph(graphIndex);
        return this;
    }

    /**
     * Selects all graphs.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withAllGraphs() {
        session.selectAllGraphs();
        return this;
    }

    /**
     * Prepares the kernels before the first execution: here, finds and checks them.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withPreCompilation() {
        session.prepareKernels();
        return this;
    }

    /**
     * Chooses the device. There is one here.
     *
     * @param device the device
     * @return this plan
     */
    public TornadoExecutionPlan withDevice(TornadoDevice device) {
        return this;
    }

    /**
     * Chooses the device of one task. There is one here.
     *
     * @param taskName the task's name, {@code graph.task}
     * @param device the device
     * @return this plan
     */
    public TornadoExecutionPlan withDevice(String taskName, TornadoDevice device) {
        session.requireTask(taskName);
        return this;
    }

    /**
     * Tells the device of a graph.
     *
     * @param immutableTaskGraphIndex the graph's index
     * @return its device
     */
    public TornadoDevice getDevice(int immutableTaskGraphIndex) {
        return DEFAULT_DEVICE;
    }

    /**
     * Gives the device memory back. The next execution copies everything again.
     *
     * @return this plan
     */
    public TornadoExecutionPlan freeDeviceMemory() {
        session.freeDeviceMemory();
        return this;
    }

    /**
     * Assigns grids to tasks.
     *
     * @param gridScheduler the grids
     * @return this plan
     * @throws io.github.dyconv.simulator.KernelFault if a grid's task is in none of the graphs
     */
    public TornadoExecutionPlan withGridScheduler(GridScheduler gridScheduler) {
        session.useGrids(gridScheduler);
        return this;
    }

    /**
     * Takes all grids away.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withDefaultScheduler() {
        session.useGrids(new GridScheduler());
        return this;
    }

    /**
     * Measures the executions. The simulator always does; the console mode prints too.
     *
     * @param profilerMode where the measurements go
     * @return this plan
     */
    public TornadoExecutionPlan withProfiler(ProfilerMode profilerMode) {
        session.printProfiles(profilerMode == ProfilerMode.CONSOLE);
        return this;
    }

    /**
     * Stops printing measurements.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withoutProfiler() {
        session.printProfiles(false);
        return this;
    }

    /**
     * Options for a back end's compiler, of which the simulator has none.
     *
     * @param backend whose
     * @param compilerFlags ignored
     * @return this plan
     */
    public TornadoExecutionPlan withCompilerFlags(TornadoVMBackendType backend, String compilerFlags) {
        return this;
    }

    /**
     * Limits the device memory of this plan.
     *
     * @param memoryLimit a whole number and a unit, such as {@code 512MB}
     * @return this plan
     */
    public TornadoExecutionPlan withMemoryLimit(String memoryLimit) {
        session.limitMemory(memoryLimit);
        return this;
    }

    /**
     * Lifts the limit of the device memory.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withoutMemoryLimit() {
        session.unlimitMemory();
        return this;
    }

    /**
     * Forgets what is on the device: memory and kernels.
     *
     * @return this plan
     */
    public TornadoExecutionPlan resetDevice() {
        return freeDeviceMemory();
    }

    /** {@return this plan's number, from 1} */
    public long getId() {
        return id;
    }

    /**
     * Forgets the results of earlier executions.
     *
     * @return this plan
     */
    public TornadoExecutionPlan clearProfiles() {
        results.clear();
        return this;
    }

    /**
     * Prints each task's grid when it runs.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withThreadInfo() {
        session.printGrids(true);
        return this;
    }

    /**
     * Stops printing grids.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withoutThreadInfo() {
        session.printGrids(false);
        return this;
    }

    /**
     * Has no effect here: there is no generated code to print.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withPrintKernel() {
        return this;
    }

    /**
     * Has no effect here: there is no generated code to print.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withoutPrintKernel() {
        return this;
    }

    @Override
    public void close() throws TornadoExecutionPlanException {
        session.close();
    }

    /** {@return the number of bytes that this plan holds on the device} */
    public long getCurrentDeviceMemoryUsage() {
        return session.deviceBytes();
    }

    /**
     * Finds the result of an earlier execution.
     *
     * @param index the execution's index since the results were last cleared
     * @return its result
     */
    public TornadoExecutionResult getPlanResult(int index) {
        if (index < 0 || index >= results.size()) {
            throw new TornadoRuntimeException("no result %d: there are %d".formatted(index, results.size()));
        }
        return results.get(index);
    }

    /**
     * Runs the graphs a number of times.
     *
     * @param iterations how many times
     * @return this plan
     */
    public TornadoExecutionPlan withWarmUpIterations(int iterations) {
        if (iterations < 0) {
            throw new TornadoRuntimeException("warm-up iterations: expected at least 0, got " + iterations);
        }
        for (int i = 0; i < iterations; i++) {
            session.execute();
        }
        return this;
    }

    /**
     * Replays launches as one on devices that can. The simulator's results are the same with and without.
     *
     * @return this plan
     */
    public TornadoExecutionPlan withCUDAGraph() {
        return this;
    }
}
