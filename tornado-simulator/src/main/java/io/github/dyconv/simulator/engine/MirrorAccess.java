package io.github.dyconv.simulator.engine;

import java.lang.invoke.MethodHandles;
import java.util.Optional;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The engine's way to what the stand-ins for TornadoVM's types keep to their packages, so that these show no member
 * that the real ones lack. Each stand-in registers itself when its class is initialised.
 */
public final class MirrorAccess {

    /** Gives access to native arrays. */
    public interface Arrays {

        /**
         * Makes an array on the device.
         *
         * @param host an array
         * @param monitor what is to hear of each access
         * @return a new array of the same class and size, with memory of its own
         */
        TornadoNativeArray onDevice(TornadoNativeArray host, AccessMonitor monitor);

        /**
         * Finds the monitor of an array.
         *
         * @param array an array
         * @return its monitor, if it is on the device
         */
        Optional<AccessMonitor> monitorOf(TornadoNativeArray array);
    }

    /** Makes kernel contexts. */
    @FunctionalInterface
    public interface Contexts {

        /**
         * Makes the context of a work-item.
         *
         * @param ids where the work-item is
         * @param runtime what its calls go to
         * @return a new context
         */
        KernelContext create(WorkItemIds ids, KernelRuntime runtime);
    }

    /** Gives access to execution plans. */
    @FunctionalInterface
    public interface Plans {

        /**
         * Finds what runs a plan.
         *
         * @param plan a plan
         * @return its session
         */
        PlanSession sessionOf(TornadoExecutionPlan plan);
    }

    private static volatile Optional<Arrays> arrays = Optional.empty();
    private static volatile Optional<Contexts> contexts = Optional.empty();
    private static volatile Optional<Plans> plans = Optional.empty();

    private MirrorAccess() {}

    /**
     * Takes the access to arrays.
     *
     * @param access the access
     */
    public static void registerArrays(Arrays access) {
        arrays = Optional.of(access);
    }

    /**
     * Takes the access to contexts.
     *
     * @param access the access
     */
    public static void registerContexts(Contexts access) {
        contexts = Optional.of(access);
    }

    /**
     * Takes the access to plans.
     *
     * @param access the access
     */
    public static void registerPlans(Plans access) {
        plans = Optional.of(access);
    }

    /**
     * Finds what runs a plan.
     *
     * @param plan a plan
     * @return its session
     */
    public static PlanSession sessionOf(TornadoExecutionPlan plan) {
        return plans.orElseThrow().sessionOf(plan);
    }

    static Arrays arrays() {
        initialise(TornadoNativeArray.class);
        return arrays.orElseThrow();
    }

    static Contexts contexts() {
        initialise(KernelContext.class);
        return contexts.orElseThrow();
    }

    private static void initialise(Class<?> mirror) {
        try {
            MethodHandles.lookup().ensureInitialized(mirror);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
