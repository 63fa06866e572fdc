package uk.ac.manchester.tornado.api.enums;

/** The sizes M, N and K of a matrix instruction, which multiplies M x K with K x N numbers. */
public enum MMAShape {
    /** For FP16: 16 x 16 with 16 x 8. */
    M16N8K16("m16n8k16"),

    /** For bytes: 16 x 32 with 32 x 8. */
    M16N8K32("m16n8k32");

    private final String ptxName;

    MMAShape(String ptxName) {
        this.ptxName = ptxName;
    }

    /** {@return the name in PTX} */
    public String getPtxName() {
        return ptxName;
    }
}
