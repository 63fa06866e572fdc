package io.github.dyconv.examples;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of the command, from what Maven puts into its jar, and of Java. */
final class Version implements IVersionProvider {
    private static final String MAVEN = "/META-INF/maven/io.github.dyconv/dyconv-examples/pom.properties";

    /** For picocli. */
    Version() {}

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {
            "dyconv " + ofJar(), "Java " + Runtime.version(),
        };
    }

    /** The command's own version. */
    static String ofJar() throws IOException {
        Properties maven = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(MAVEN)) {
            if (in != null) {
                maven.load(in);
            }
        }
        return maven.getProperty("version", "(not from a jar)");
    }
}
