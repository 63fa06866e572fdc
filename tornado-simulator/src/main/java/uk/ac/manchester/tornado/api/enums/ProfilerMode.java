package uk.ac.manchester.tornado.api.enums;

/** Where the measurements of an execution go. */
public enum ProfilerMode {
    /** They are printed after each execution. */
    CONSOLE,

    /** They are kept for the program to read. */
    SILENT
}
