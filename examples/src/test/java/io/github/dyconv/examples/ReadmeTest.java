package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled and run. */
class ReadmeTest {
    private static final Path SOURCES = Path.of("src/main/java/io/github/dyconv/examples");
    private static final Path README = Path.of("../README.md");

    @Test
    void firstJavaIsTheQuickStart() throws IOException {
        String readme = String.join("\n", between(Files.readAllLines(README), "```java", "```"));

        assertThat(readme).isEqualTo(snippet("QuickStart.java", "quickstart"));
    }

    @Test
    void showsTheExampleOfANetwork() throws IOException {
        assertThat(Files.readString(README))
                .contains("```java\n" + snippet("NetworkExample.java", "network") + "\n```\n");
    }

    private static String snippet(String file, String tag) throws IOException {
        List<String> lines = Files.readAllLines(SOURCES.resolve(file));
        return String.join("\n", between(lines, "// tag::" + tag, "// end::" + tag))
                .stripIndent();
    }

    private static List<String> between(List<String> lines, String first, String last) {
        List<String> stripped = lines.stream().map(String::strip).toList();
        int start = stripped.indexOf(first);
        assertThat(start).as(first).isNotNegative();
        int length = stripped.subList(start + 1, stripped.size()).indexOf(last);
        assertThat(length).as(last).isPositive();
        return lines.subList(start + 1, start + 1 + length);
    }
}
