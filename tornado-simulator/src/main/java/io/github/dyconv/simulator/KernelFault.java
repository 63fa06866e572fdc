package io.github.dyconv.simulator;

/**
 * Something that a kernel, a grid or a task graph does wrong, found while the simulator ran it. The message is complete:
 * it names the task, the kernel's method, the work-item and the array element or argument concerned.
 */
public final class KernelFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The kinds of fault. */
    public enum Kind {
        /** An index outside an array. */
        OUT_OF_BOUNDS,
        /** A read of local memory that no work-item of the group has written. */
        UNINITIALISED_LOCAL_MEMORY,
        /** A read of a private array's element before the work-item has written it. */
        UNINITIALISED_PRIVATE_ARRAY,
        /** Two work-items of a group use an element of local memory between the same two barriers, one writing it. */
        LOCAL_MEMORY_RACE,
        /** Two work-items use an element of global memory, one writing it, and no barrier orders them. */
        GLOBAL_MEMORY_RACE,
        /** Not all work-items of a group come to the same barrier. */
        DIVERGENT_BARRIER,
        /** Not all lanes of a warp come to the same matrix instruction, with the same operands. */
        DIVERGENT_WARP,
        /** Work-items of a group allocate different local arrays. */
        DIVERGENT_ALLOCATION,
        /** More local memory than a group has. */
        LOCAL_MEMORY_EXCEEDED,
        /** A local array is passed to another method, which TornadoVM compiles to wrong addresses. */
        LOCAL_ARRAY_TO_HELPER,
        /** A kernel with a {@code KernelContext} has no grid. */
        NO_GRID,
        /** A grid whose group size does not divide the number of work-items, or is too large for the device. */
        INVALID_GRID,
        /** A grid, or a choice of device, for a task that is in none of the plan's graphs. */
        UNKNOWN_TASK,
        /** Code that TornadoVM cannot compile. */
        UNSUPPORTED_CODE,
        /** The method behind a task could not be found. */
        KERNEL_NOT_FOUND,
        /** An exception out of the kernel, such as a division by zero. */
        KERNEL_EXCEPTION,
        /** An array is to come from the device that never got there. */
        NOT_ON_DEVICE
    }

    /** What is wrong. */
    private final Kind kind;

    /** The task or graph concerned. */
    private final String task;

    /**
     * Makes a fault.
     *
     * @param kind what is wrong
     * @param task the task or graph concerned, such as {@code graph.task}
     * @param detail all about it
     */
    public KernelFault(Kind kind, String task, String detail) {
        super(task + ": " + detail);
        this.kind = kind;
        this.task = task;
    }

    /**
     * Makes a fault that an exception brought about.
     *
     * @param kind what is wrong
     * @param task the task or graph concerned, such as {@code graph.task}
     * @param detail all about it
     * @param cause the exception
     */
    public KernelFault(Kind kind, String task, String detail, Throwable cause) {
        this(kind, task, detail);
        initCause(cause);
    }

    /** {@return what is wrong} */
    public Kind kind() {
        return kind;
    }

    /** {@return the task or graph concerned, such as {@code graph.task}} */
    public String task() {
        return task;
    }
}
