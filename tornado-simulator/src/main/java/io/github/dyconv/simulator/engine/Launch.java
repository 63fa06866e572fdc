package io.github.dyconv.simulator.engine;

import java.util.IdentityHashMap;
import java.util.OptionalInt;

/** What fault messages say of a launch: its task, kernel, arguments and work-items. */
final class Launch {

    /** Names work-items by their numbers. */
    @FunctionalInterface
    interface WorkItemNames {
        String nameOf(int number);
    }

    private final String task;
    private final KernelCode code;
    private final WorkItemNames workItems;
    private final IdentityHashMap<DeviceBuffer, String> argumentNames = new IdentityHashMap<>();

    Launch(String task, KernelCode code, WorkItemNames workItems) {
        this.task = task;
        this.code = code;
        this.workItems = workItems;
    }

    void nameArgument(DeviceBuffer buffer, String name) {
        argumentNames.putIfAbsent(buffer, name);
    }

    String task() {
        return task;
    }

    KernelCode code() {
        return code;
    }

    String nameOf(DeviceBuffer buffer) {
        return argumentNames.getOrDefault(buffer, "an array that is no argument");
    }

    String nameOfWorkItem(int number) {
        return workItems.nameOf(number);
    }

    /** Says who made an earlier access, as {@link RaceShadow} has remembered it. */
    String describe(RaceShadow.Conflict conflict) {
        OptionalInt workItem = RaceShadow.workItemOf(conflict.earlier());
        return (workItem.isPresent() ? nameOfWorkItem(workItem.getAsInt()) + " has" : "several work-items have")
                + (conflict.earlierWrote() ? " written" : " read");
    }
}
