package uk.ac.manchester.tornado.api.enums;

/** When arrays are copied between host and device. */
public class DataTransferMode {

    /** Once, before the plan's first execution. */
    public static final int FIRST_EXECUTION = 0;

    /** At each execution. */
    public static final int EVERY_EXECUTION = 1;

    /** When the program asks for it. */
    public static final int UNDER_DEMAND = 2;

    /** The constants are static. */
    public DataTransferMode() {}
}
