package uk.ac.manchester.tornado.api.common;

/** The shapes of kernels: one interface per number of arguments. */
public final class TornadoFunctions {

    private TornadoFunctions() {}

    /** A kernel of 0 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task {

        /** Runs the kernel. */
        void apply();
    }

    /** A kernel of 1 argument. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task1<T1> {

        /** Runs the kernel. */
        void apply(T1 arg1);
    }

    /** A kernel of 2 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task2<T1, T2> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2);
    }

    /** A kernel of 3 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task3<T1, T2, T3> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3);
    }

    /** A kernel of 4 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task4<T1, T2, T3, T4> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3, T4 arg4);
    }

    /** A kernel of 5 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task5<T1, T2, T3, T4, T5> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5);
    }

    /** A kernel of 6 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task6<T1, T2, T3, T4, T5, T6> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6);
    }

    /** A kernel of 7 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task7<T1, T2, T3, T4, T5, T6, T7> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7);
    }

    /** A kernel of 8 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task8<T1, T2, T3, T4, T5, T6, T7, T8> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7, T8 arg8);
    }

    /** A kernel of 9 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task9<T1, T2, T3, T4, T5, T6, T7, T8, T9> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7, T8 arg8, T9 arg9);
    }

    /** A kernel of 10 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task10<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> {

        /** Runs the kernel. */
        void apply(T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7, T8 arg8, T9 arg9, T10 arg10);
    }

    /** A kernel of 11 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task11<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> {

        /** Runs the kernel. */
        void apply(
                T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7, T8 arg8, T9 arg9, T10 arg10, T11 arg11);
    }

    /** A kernel of 12 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task12<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12);
    }

    /** A kernel of 13 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task13<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13);
    }

    /** A kernel of 14 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task14<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13,
                T14 arg14);
    }

    /** A kernel of 15 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task15<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13,
                T14 arg14,
                T15 arg15);
    }

    /** A kernel of 16 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task16<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13,
                T14 arg14,
                T15 arg15,
                T16 arg16);
    }

    /** A kernel of 17 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task17<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13,
                T14 arg14,
                T15 arg15,
                T16 arg16,
                T17 arg17);
    }

    /** A kernel of 18 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task18<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13,
                T14 arg14,
                T15 arg15,
                T16 arg16,
                T17 arg17,
                T18 arg18);
    }

    /** A kernel of 19 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task19<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13,
                T14 arg14,
                T15 arg15,
                T16 arg16,
                T17 arg17,
                T18 arg18,
                T19 arg19);
    }

    /** A kernel of 20 arguments. */
    @FunctionalInterface
    @SuppressWarnings("doclint:missing") // T1, T2, … are the types of the arguments
    public interface Task20<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19, T20> {

        /** Runs the kernel. */
        void apply(
                T1 arg1,
                T2 arg2,
                T3 arg3,
                T4 arg4,
                T5 arg5,
                T6 arg6,
                T7 arg7,
                T8 arg8,
                T9 arg9,
                T10 arg10,
                T11 arg11,
                T12 arg12,
                T13 arg13,
                T14 arg14,
                T15 arg15,
                T16 arg16,
                T17 arg17,
                T18 arg18,
                T19 arg19,
                T20 arg20);
    }
}
