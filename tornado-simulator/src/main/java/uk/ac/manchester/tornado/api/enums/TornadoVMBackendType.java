package uk.ac.manchester.tornado.api.enums;

/** The languages that kernels are compiled to. */
public enum TornadoVMBackendType {
    /** OpenCL C. */
    OPENCL,

    /** The Metal shading language. */
    METAL,

    /** PTX, through the CUDA driver. */
    PTX,

    /** CUDA C. */
    CUDA,

    /** SPIR-V. */
    SPIRV,

    /** Plain Java. */
    JAVA,

    /** A described device without hardware. */
    VIRTUAL
}
