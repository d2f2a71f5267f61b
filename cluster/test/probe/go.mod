module countersign.dev/cluster/probe

go 1.26.0
