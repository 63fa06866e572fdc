package io.github.dyconv.simulator.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The class files of the kernels' classes, as their class loader finds them. */
final class UserClasses {

    /** A method with code. */
    record Method(ClassModel owner, MethodModel model, CodeAttribute code) {

        String ownerName() {
            return owner.thisClass().asInternalName();
        }

        String name() {
            return model.methodName().stringValue();
        }

        String descriptor() {
            return model.methodType().stringValue();
        }

        boolean isStatic() {
            return model.flags().has(AccessFlag.STATIC);
        }

        /** Whether a call of this method always runs this method. */
        boolean isFinal() {
            return isStatic()
                    || model.flags().has(AccessFlag.PRIVATE)
                    || model.flags().has(AccessFlag.FINAL)
                    || owner.flags().has(AccessFlag.FINAL);
        }

        /** Whether this is the accessor of a record's component, as javac makes it. */
        boolean isRecordAccessor() {
            return owner.findAttribute(Attributes.record()).stream()
                    .flatMap(components -> components.components().stream())
                    .anyMatch(component -> component.name().equalsString(name())
                            && descriptor().equals("()" + component.descriptor().stringValue()));
        }

        /** The class's simple name and the method's, for messages. */
        String displayName() {
            String binaryName = ownerName();
            return binaryName.substring(binaryName.lastIndexOf('/') + 1) + "." + name();
        }

        String sourceFile() {
            return owner.findAttribute(Attributes.sourceFile())
                    .map(file -> file.sourceFile().stringValue())
                    .orElse(ownerName());
        }
    }

    private static final List<String> LIBRARY_PREFIXES =
            List.of("java/", "javax/", "jdk/", "sun/", "uk/ac/manchester/tornado/api/");

    private final ClassLoader loader;
    private final Map<String, Optional<ClassModel>> models = new HashMap<>();

    UserClasses(ClassLoader loader) {
        this.loader = loader;
    }

    ClassLoader loader() {
        return loader;
    }

    /** The methods of a class that have code and a given name. */
    List<Method> methodsNamed(String className, String name) {
        return classModel(className).stream()
                .flatMap(owner -> owner.methods().stream()
                        .filter(method -> method.methodName().equalsString(name))
                        .flatMap(
                                method -> method
                                        .findAttribute(Attributes.code())
                                        .map(code -> new Method(owner, method, code))
                                        .stream()))
                .toList();
    }

    /** The method that a call in a kernel is to, looked for in the class and those above it. */
    Optional<Method> resolve(String className, String name, String descriptor) {
        Optional<ClassModel> owner = classModel(className);
        while (owner.isPresent()) {
            String ownerName = owner.get().thisClass().asInternalName();
            Optional<Method> found = methodsNamed(ownerName, name).stream()
                    .filter(method -> method.descriptor().equals(descriptor))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
            owner = owner.get().superclass().map(ClassEntry::asInternalName).flatMap(this::classModel);
        }
        return Optional.empty();
    }

    boolean isEnum(String className) {
        return classModel(className)
                .map(model -> model.flags().has(AccessFlag.ENUM))
                .orElse(false);
    }

    private Optional<ClassModel> classModel(String className) {
        if (className.startsWith("[") || LIBRARY_PREFIXES.stream().anyMatch(className::startsWith)) {
            return Optional.empty();
        }
        return models.computeIfAbsent(className, this::read);
    }

    private Optional<ClassModel> read(String className) {
        try (InputStream in = loader.getResourceAsStream(className + ".class")) {
            return in == null ? Optional.empty() : Optional.of(ClassFile.of().parse(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
