package io.github.dyconv.simulator.engine;

import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.TypeAnnotation;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/**
 * What the rewriting of a method needs to know beforehand: its loops, variables, {@code @Parallel} variables and
 * barriers. Positions are indices into the list of the code's elements.
 */
final class MethodShape {

    /** A loop: from the target of jumps back to the last of these jumps. */
    static final class Loop {
        private final int header;
        private int end;
        private boolean parallel;

        private Loop(int header) {
            this.header = header;
        }

        boolean contains(int position) {
            return header <= position && position <= end;
        }

        /** Whether each trip is another work-item. */
        boolean isParallel() {
            return parallel;
        }
    }

    /** A variable of the source in one of its ranges. */
    record Variable(String name, int slot, ClassDesc type, int start, int end) {

        TypeKind kind() {
            return TypeKind.from(type).asLoadable();
        }

        boolean isLiveAt(int position) {
            return start <= position && position < end;
        }
    }

    private static final ClassDesc PARALLEL = Parallel.class.describeConstable().orElseThrow();

    private final List<CodeElement> elements;
    private final Map<Label, Integer> positions = new HashMap<>();
    private final Map<Integer, Loop> loops = new TreeMap<>();
    private final List<Variable> variables = new ArrayList<>();
    private final List<Variable> parallelVariables = new ArrayList<>();
    private boolean hasBarriers;

    MethodShape(UserClasses.Method method) {
        elements = method.code().elementList();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof LabelTarget target) {
                positions.put(target.label(), i);
            }
        }
        for (int i = 0; i < elements.size(); i++) {
            note(elements.get(i), i);
        }
        for (CodeElement element : elements) {
            if (element instanceof RuntimeVisibleTypeAnnotationsAttribute attribute) {
                attribute.annotations().forEach(this::addParallelVariable);
            }
        }
        parallelVariables.sort(Comparator.comparingInt(Variable::start));
        for (int i = 0; i < elements.size(); i++) {
            if (parallelStore(i).isPresent() && !isInitialisation(i)) {
                markInnermostLoop(i);
            }
        }
    }

    private void note(CodeElement element, int position) {
        switch (element) {
            case BranchInstruction branch
            when isBackward(branch, position) ->
                loops.computeIfAbsent(positionOf(branch.target()), Loop::new).end = position;
            case LocalVariable variable ->
                variables.add(new Variable(
                        variable.name().stringValue(),
                        variable.slot(),
                        variable.typeSymbol(),
                        positionOf(variable.startScope()),
                        positionOf(variable.endScope())));
            case InvokeInstruction call when isBarrier(call) -> hasBarriers = true;
            default -> {}
        }
    }

    private void addParallelVariable(TypeAnnotation annotation) {
        if (annotation.annotation().classSymbol().equals(PARALLEL)
                && annotation.targetInfo() instanceof TypeAnnotation.LocalVarTarget target) {
            for (TypeAnnotation.LocalVarTargetInfo range : target.table()) {
                int start = positionOf(range.startLabel());
                variables.stream()
                        .filter(variable -> variable.slot() == range.index() && variable.start() == start)
                        .forEach(parallelVariables::add);
            }
        }
    }

    private void markInnermostLoop(int position) {
        loops.values().stream()
                .filter(loop -> loop.contains(position))
                .max(Comparator.comparingInt(loop -> loop.header))
                .ifPresent(loop -> loop.parallel = true);
    }

    List<CodeElement> elements() {
        return elements;
    }

    Collection<Loop> loops() {
        return loops.values();
    }

    boolean isLoopHeader(int position) {
        return loops.containsKey(position);
    }

    List<Loop> loopsAround(int position) {
        return loops.values().stream().filter(loop -> loop.contains(position)).toList();
    }

    boolean hasVariables() {
        return !variables.isEmpty();
    }

    List<Variable> variablesLiveAt(int position) {
        return variables.stream()
                .filter(variable -> variable.isLiveAt(position))
                .toList();
    }

    /** The names of the parameters' variables by slot. */
    String parameterName(int slot) {
        return variables.stream()
                .filter(variable -> variable.slot() == slot)
                .min(Comparator.comparingInt(Variable::start))
                .map(Variable::name)
                .orElse("");
    }

    /** The variable that a store right behind a position goes to, or an empty string. */
    String variableAssignedAfter(int position) {
        for (int i = position + 1; i < elements.size(); i++) {
            if (elements.get(i) instanceof StoreInstruction store) {
                int scope = i + 1;
                return variables.stream()
                        .filter(variable -> variable.slot() == store.slot()
                                && variable.start() >= scope - 1
                                && onlyLabelsBetween(scope, variable.start()))
                        .map(Variable::name)
                        .findFirst()
                        .orElse("");
            }
            if (elements.get(i) instanceof Instruction) {
                return "";
            }
        }
        return "";
    }

    private boolean onlyLabelsBetween(int from, int to) {
        for (int i = from; i < to; i++) {
            if (elements.get(i) instanceof Instruction) {
                return false;
            }
        }
        return true;
    }

    boolean hasBarriers() {
        return hasBarriers;
    }

    /** The names of the {@code @Parallel} variables by depth, outermost first. */
    List<String> parallelNames() {
        List<String> names = new ArrayList<>();
        for (Variable variable : parallelVariables) {
            if (depthOf(variable) == names.size()) {
                names.add(variable.name());
            }
        }
        return names;
    }

    /** The depth of the {@code @Parallel} variable that an instruction writes, if it writes one. */
    OptionalInt parallelStore(int position) {
        int slot = switch (elements.get(position)) {
            case StoreInstruction store -> store.slot();
            case IncrementInstruction increment -> increment.slot();
            default -> -1;
        };
        return parallelVariables.stream()
                .filter(variable -> variable.slot() == slot
                        && position < variable.end()
                        && onlyLabelsBetween(position + 1, variable.start()))
                .mapToInt(this::depthOf)
                .findFirst();
    }

    /** Whether the store to a {@code @Parallel} variable comes right before the variable's range, and so begins a loop. */
    boolean isInitialisation(int position) {
        return parallelVariables.stream()
                .anyMatch(variable -> variable.start() > position && onlyLabelsBetween(position + 1, variable.start()));
    }

    boolean isBackward(BranchInstruction branch, int position) {
        return positionOf(branch.target()) <= position;
    }

    int positionOf(Label label) {
        return positions.getOrDefault(label, elements.size());
    }

    static boolean isBarrier(InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        return (owner.equals("uk/ac/manchester/tornado/api/KernelContext")
                        || owner.equals("uk/ac/manchester/tornado/api/ExecutionContext"))
                && (call.name().equalsString("localBarrier") || call.name().equalsString("globalBarrier"));
    }

    private int depthOf(Variable variable) {
        return (int) parallelVariables.stream()
                .filter(other -> other.start() < variable.start() && variable.end() <= other.end())
                .count();
    }
}
