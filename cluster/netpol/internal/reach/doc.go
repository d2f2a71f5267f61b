// Package reach holds tests only: it builds a node with pods out of network namespaces, writes the computed table
// into the node's, and looks at what reaches what.
package reach
