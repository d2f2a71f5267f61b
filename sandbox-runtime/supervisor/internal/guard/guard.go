//go:build !guardtest

// Package guard lets the tests prove that each guard matters.
//
// A guard is a piece of the supervisor that holds a promise (kill the whole tree, refuse symbolic links, ...). In a
// build with the tag guardtest one guard can be switched off, and the test of its promise must then fail. An ordinary
// build has no such switch: Off is the constant false there and the compiler removes every branch on it.
package guard

// Off reports whether the named guard is switched off. Always false in an ordinary build.
func Off(string) bool { return false }
