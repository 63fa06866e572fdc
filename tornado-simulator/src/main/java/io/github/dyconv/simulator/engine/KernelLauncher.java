package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault;
import io.github.dyconv.simulator.KernelFault.Kind;
import io.github.dyconv.simulator.SimulationReport.TaskReport;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.WorkerGrid;

/** Runs the work-items of one launch, one after the other in a fixed order. */
final class KernelLauncher {

    private final String task;
    private final KernelCode code;
    private final List<Object> arguments;
    private final IdentityHashMap<Object, DeviceBuffer> buffers;
    private final SimulatorOptions options;

    /**
     * Prepares a launch.
     *
     * @param task the task's name
     * @param code the kernel
     * @param arguments the kernel's arguments as the host has them, captured ones first
     * @param buffers the device's copies of those that are arrays, by identity
     * @param options the options
     */
    KernelLauncher(
            String task,
            KernelCode code,
            List<Object> arguments,
            IdentityHashMap<Object, DeviceBuffer> buffers,
            SimulatorOptions options) {
        this.task = task;
        this.code = code;
        this.arguments = arguments;
        this.buffers = buffers;
        this.options = options;
    }

    TaskReport run(Optional<WorkerGrid> grid) {
        boolean usesContext = arguments.stream().anyMatch(DeviceMemory::isContext);
        if (!usesContext) {
            return runLoops();
        }
        if (!code.parallelVariables().isEmpty()) {
            throw new KernelFault(
                    Kind.UNSUPPORTED_CODE, task, code.name() + " has both a KernelContext and @Parallel loops");
        }
        WorkerGrid given = grid.orElseThrow(() -> new KernelFault(
                Kind.NO_GRID,
                task,
                code.name() + " takes a KernelContext but has no grid; give it one with a GridScheduler"));
        return runGrid(Grids.shapeOf(task, given, options));
    }

    /** Runs a kernel of {@code @Parallel} loops as the Java that it is. */
    private TaskReport runLoops() {
        ParallelIndices indices = new ParallelIndices(code.parallelVariables());
        Launch launch = new Launch(task, code, indices);
        Tracer tracer = new Tracer(launch, options, indices, GridShape.SINGLE);
        Object[] values = bind(launch, tracer, false);
        invoke(values, tracer);
        return tracer.report(indices.workItems(), 0, 0);
    }

    private TaskReport runGrid(GridShape shape) {
        Launch launch =
                new Launch(task, code, number -> idsOf(shape, number - 1).toString());
        Tracer tracer = new Tracer(launch, options, new ParallelIndices(List.of()), shape);
        Object[] values = bind(launch, tracer, code.hasGlobalBarrier());
        long barriers = 0;
        for (int group = 0; group < shape.groupCount(); group++) {
            tracer.beginGroup();
            barriers += new Group(shape, group, tracer, values).run();
        }
        return tracer.report((long) shape.groupCount() * shape.groupSize(), shape.groupCount(), barriers);
    }

    private static WorkItemIds idsOf(GridShape shape, int linear) {
        return new WorkItemIds(shape, linear / shape.groupSize(), linear % shape.groupSize());
    }

    /** Puts the device's arrays in the places of the host's, and the tracer behind them. */
    private Object[] bind(Launch launch, Tracer tracer, boolean phased) {
        Object[] values = new Object[arguments.size() + 1];
        for (int i = 0; i < arguments.size(); i++) {
            Object argument = arguments.get(i);
            DeviceBuffer buffer = buffers.get(argument);
            if (buffer == null) {
                values[i] = argument;
            } else {
                values[i] = buffer.deviceObject();
                launch.nameArgument(
                        buffer,
                        "argument %d '%s'"
                                .formatted(i + 1, code.parameterNames().get(i)));
                tracer.addArgumentArray(buffer.deviceObject(), buffer);
                buffer.beginLaunch(tracer, options.raceChecks(), phased);
            }
        }
        values[arguments.size()] = tracer;
        return values;
    }

    private void invoke(Object[] values, Tracer tracer) {
        try {
            code.entry().invokeExact(values);
        } catch (KernelFault fault) {
            throw fault;
        } catch (Throwable thrown) {
            throw tracer.fault(Kind.KERNEL_EXCEPTION, "ends in " + thrown, thrown);
        }
    }

    /** Runs the work-items of a group in turn, each until it waits at a barrier or ends. */
    private final class Group {
        private final GridShape shape;
        private final int firstNumber;
        private final int group;
        private final Tracer tracer;
        private final Object[] values;
        private final Object[] contexts;
        private final List<WorkItem> workItems = new ArrayList<>();

        Group(GridShape shape, int group, Tracer tracer, Object[] values) {
            this.shape = shape;
            this.group = group;
            this.firstNumber = group * shape.groupSize() + 1;
            this.tracer = tracer;
            this.values = values;
            this.contexts = new Object[shape.groupSize()];
        }

        /** Runs the group and counts the barriers that it passes. */
        long run() {
            boolean mayWait = !code.barriers().isEmpty();
            SavedFrame noFrame = new SavedFrame();
            for (int local = 0; local < shape.groupSize(); local++) {
                workItems.add(new WorkItem(firstNumber + local, mayWait ? new SavedFrame() : noFrame));
                contexts[local] = MirrorAccess.contexts().create(new WorkItemIds(shape, group, local), tracer);
            }
            long barriers = 0;
            runToBarrier();
            while (waitsAtBarrier()) {
                barriers++;
                tracer.passBarrier(
                        code.barriers().get(workItems.getFirst().waitingAt()).global());
                runToBarrier();
            }
            return barriers;
        }

        private void runToBarrier() {
            for (int first = 0; first < workItems.size(); first += FragmentLayout.LANES) {
                int end = Math.min(first + FragmentLayout.LANES, workItems.size());
                tracer.nextWarp();
                for (int local = first; local < end; local++) {
                    runToBarrier(local);
                }
                tracer.completeWarp(workItems.subList(first, end));
            }
        }

        private void runToBarrier(int local) {
            tracer.enter(workItems.get(local));
            for (int i = 0; i < arguments.size(); i++) {
                if (DeviceMemory.isContext(arguments.get(i))) {
                    values[i] = contexts[local];
                }
            }
            invoke(values, tracer);
        }

        /** Whether all work-items wait at the same barrier, rather than all having ended; anything else is a fault. */
        private boolean waitsAtBarrier() {
            WorkItem first = workItems.getFirst();
            for (WorkItem other : workItems) {
                if (other.waitingAt() != first.waitingAt()) {
                    throw new KernelFault(
                            Kind.DIVERGENT_BARRIER,
                            task,
                            "%s: %s %s, but %s of the same group %s"
                                    .formatted(
                                            code.name(),
                                            idsOf(shape, first.number() - 1),
                                            whereabouts(first),
                                            idsOf(shape, other.number() - 1),
                                            whereabouts(other)));
                }
            }
            return first.waitingAt() != WorkItem.NOT_WAITING;
        }

        private String whereabouts(WorkItem workItem) {
            return workItem.waitingAt() == WorkItem.NOT_WAITING
                    ? "has ended"
                    : "waits at the barrier at "
                            + code.barriers().get(workItem.waitingAt()).source();
        }
    }
}
