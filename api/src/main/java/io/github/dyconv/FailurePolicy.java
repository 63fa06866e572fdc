package io.github.dyconv;

/**
 * What happens when a device fails while compiling or running a plan: out of memory, a driver's error. An option that the
 * device lacks is refused under either policy.
 */
public enum FailurePolicy {
    /** {@link DeviceException} with the cause. */
    FAIL,
    /** A warning is logged and the plan goes on, for good, on the JVM device. Results are whole either way. */
    FALL_BACK
}
