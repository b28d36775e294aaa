//go:build ignore

// Command generate writes english.go from en.json: a constant, for a file that the program embeds would bring the
// packages io/fs and time along, 27 KB.
package main

import (
	"log"
	"os"
	"strconv"
	"strings"
)

func main() {
	content, err := os.ReadFile("en.json")
	if err != nil {
		log.Fatal(err)
	}
	literal := "`" + string(content) + "`"
	if strings.Contains(string(content), "`") {
		literal = strconv.Quote(string(content))
	}
	source := "// Code generated from en.json by generate.go. DO NOT EDIT.\n\npackage messages\n\n" +
		"// English is the English table as JSON. All languages have its keys.\nconst English = " + literal + "\n"
	if err := os.WriteFile("english.go", []byte(source), 0o644); err != nil {
		log.Fatal(err)
	}
}
