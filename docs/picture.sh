#!/usr/bin/env bash
# Turns what a terminal showed (standard input) into docs/demo.svg, the picture in the README:
#
#   ./demo.sh 2>&1 | docs/picture.sh > docs/demo.svg
#
# From the first command on; names that differ from run to run are replaced, so that the picture changes only when the program does.
set -euo pipefail

sed -n '/^\$ /,$p' |
    sed -E -e 's|[^ "(]*/tmp\.[A-Za-z0-9]+|~|g' -e 's|\x1b\[[0-9;]*[A-Za-z]||g' \
        -e 's|([0-9a-f]{12})[0-9a-f]{52}|\1…|g' |
    cat -s |
    awk '
        # What the installer says is as long as all the rest.
        /^Rust is installed now/ { skipping = 1 }
        /^\$ / { skipping = 0 }
        !skipping { lines[++count] = substr($0, 1, 118) }
        END {
            height = 17
            printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"%d\" role=\"img\" aria-label=\"the demo in a terminal\">\n", count * height + 52
            print "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e2127\"/>"
            print "<g fill=\"#5c6370\"><circle cx=\"18\" cy=\"17\" r=\"5\"/><circle cx=\"36\" cy=\"17\" r=\"5\"/><circle cx=\"54\" cy=\"17\" r=\"5\"/></g>"
            print "<g font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"12\" xml:space=\"preserve\">"
            for (i = 1; i <= count; i++) {
                text = lines[i]
                gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
                colour = text ~ /^\$ / ? "#98c379" : text ~ /^(info|warn|error):/ ? "#7f848e" : "#d7dae0"
                if (text != "") printf "<text x=\"16\" y=\"%d\" fill=\"%s\">%s</text>\n", i * height + 34, colour, text
            }
            print "</g>\n</svg>"
        }'
