/** Who may do what: the table of governance, the people and machines in it, and the layers that answer them. */
package dev.countersign.e2e.governance;
