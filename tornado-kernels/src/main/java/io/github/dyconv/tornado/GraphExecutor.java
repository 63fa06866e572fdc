package io.github.dyconv.tornado;

import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/**
 * Executes the graphs of a plan of TornadoVM's one at a time. Where the back end can, CUDA records the copies and launches of
 * each graph at its first execution, and replays them as one at later ones.
 */
final class GraphExecutor {
    /** The back ends that can; on others, what is to be recorded fails. */
    private static final Set<String> RECORDING_BACKENDS = Set.of("PTX", "CUDA");

    /** A system property: set to false, nothing is recorded. */
    private static final String RECORDING_PROPERTY = "io.github.dyconv.tornado.cudaGraphs";

    /** While CUDA records, no thread may allocate or free device memory. */
    private static final ReentrantLock RECORDING = new ReentrantLock();

    private final TornadoExecutionPlan plan;
    private final boolean canRecord;
    private final BitSet executed = new BitSet();
    private boolean profiling;

    GraphExecutor(TornadoDevice device, TornadoExecutionPlan plan) {
        this.plan = plan;
        canRecord = RECORDING_BACKENDS.contains(device.getTornadoVMBackend().name())
                && Boolean.parseBoolean(System.getProperty(RECORDING_PROPERTY, "true"));
    }

    /**
     * Measures executions. Nothing is recorded then, since TornadoVM measures nothing of what is replayed.
     *
     * @throws IllegalStateException after the first execution
     */
    void withProfiler() {
        if (!executed.isEmpty()) {
            throw new IllegalStateException("profiler: must be asked for before the first execution");
        }
        plan.withProfiler(ProfilerMode.SILENT);
        profiling = true;
    }

    boolean profiling() {
        return profiling;
    }

    /**
     * Executes one graph.
     *
     * @param graph its index in the plan
     */
    TornadoExecutionResult execute(int graph) {
        if (!canRecord || profiling || executed.get(graph)) {
            return run(graph);
        }
        RECORDING.lock();
        try {
            if (executed.isEmpty()) {
                plan.withCUDAGraph();
            }
            return run(graph);
        } finally {
            RECORDING.unlock();
        }
    }

    /**
     * TornadoVM keeps each result in the object that executed; choosing a graph makes a new one, and so nothing stays in
     * memory.
     */
    private TornadoExecutionResult run(int graph) {
        executed.set(graph);
        return plan.withGraph(graph).execute();
    }

    /** Frees the device's memory. */
    void close() throws TornadoExecutionPlanException {
        RECORDING.lock();
        try {
            plan.close();
        } finally {
            RECORDING.unlock();
        }
    }
}
