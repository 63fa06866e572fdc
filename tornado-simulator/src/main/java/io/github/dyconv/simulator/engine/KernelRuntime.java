package io.github.dyconv.simulator.engine;

import java.lang.reflect.Array;

/** What is behind a {@link uk.ac.manchester.tornado.api.KernelContext}. */
public interface KernelRuntime {

    /** Behind the context that the host makes: a group of one work-item. */
    KernelRuntime HOST = new KernelRuntime() {
        @Override
        public void localBarrier() {}

        @Override
        public void globalBarrier() {}

        @Override
        public <T> T allocateLocal(Class<T> arrayType, int size) {
            return arrayType.cast(Array.newInstance(arrayType.getComponentType(), size));
        }

        @Override
        public void atomically(Object array, int index, Runnable update) {
            update.run();
        }

        @Override
        public MatrixUnit matrices() {
            throw new UnsupportedOperationException("matrix instructions need a warp of 32 work-items");
        }
    };

    /** Waits for the group and orders local memory. */
    void localBarrier();

    /** Waits for the group and orders global memory. */
    void globalBarrier();

    /**
     * Allocates local memory.
     *
     * @param <T> the array's type
     * @param arrayType the array's type
     * @param size the number of elements
     * @return the group's array
     */
    <T> T allocateLocal(Class<T> arrayType, int size);

    /**
     * Runs an update of one element as one step.
     *
     * @param array the array, native or of Java
     * @param index the element's index
     * @param update reads and writes that element
     */
    void atomically(Object array, int index, Runnable update);

    /**
     * The warp's matrix instructions.
     *
     * @return what executes them
     */
    MatrixUnit matrices();
}
