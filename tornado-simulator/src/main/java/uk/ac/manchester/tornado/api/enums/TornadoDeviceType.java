package uk.ac.manchester.tornado.api.enums;

/** The kinds of device. */
public enum TornadoDeviceType {
    /** A device that tells no kind. */
    UNKNOWN,

    /** A platform's default device. */
    DEFAULT,

    /** A processor. */
    CPU,

    /** A graphics processor. */
    GPU,

    /** A field-programmable gate array. */
    FPGA,

    /** Another accelerator. */
    ACCELERATOR,

    /** A custom device. */
    CUSTOM,

    /** Any device. */
    ALL
}
