package report

import (
	"fmt"
	"image/color"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"

	"countersign.dev/benchmarks/internal/latency"
)

const (
	width  = 22 * vg.Centimeter
	height = 12 * vg.Centimeter
)

// Plots writes latencies.svg (cumulative distributions) and rates.svg into the directory.
func Plots(r *Report, directory string) error {
	if err := distributions(r, filepath.Join(directory, "latencies.svg")); err != nil {
		return err
	}
	return rates(r, filepath.Join(directory, "rates.svg"))
}

func distributions(r *Report, file string) error {
	drawing := plot.New()
	drawing.Title.Text = "Share of runs that took at most so long"
	drawing.X.Label.Text = "milliseconds"
	drawing.X.Scale = plot.LogScale{}
	drawing.X.Tick.Marker = plot.LogTicks{Prec: -1}
	drawing.Y.Min, drawing.Y.Max = 0, 1
	drawing.Add(plotter.NewGrid())
	drawing.BackgroundColor = color.White
	drawing.Legend.Top, drawing.Legend.Left = true, true
	drawn := 0
	for _, each := range r.Latencies {
		steps := each.Times.Steps()
		if len(steps) == 0 {
			continue
		}
		points := plotter.XYs{{X: latency.Millis(steps[0].At), Y: 0}}
		for _, step := range steps {
			points = append(points, plotter.XY{X: latency.Millis(step.At), Y: step.Share})
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return err
		}
		line.StepStyle = plotter.PostStep
		line.Color, line.Dashes = plotutil.Color(drawn), plotutil.Dashes(drawn/7)
		drawing.Add(line)
		drawing.Legend.Add(fmt.Sprintf("%s (n %d)", each.Name, each.Times.Count()), line)
		drawn++
	}
	if drawn == 0 {
		return nil
	}
	return drawing.Save(width, height, file)
}

func rates(r *Report, file string) error {
	if len(r.Rates) == 0 {
		return nil
	}
	drawing := plot.New()
	drawing.Title.Text = "Done in a second by clients that never pause"
	drawing.Y.Min = 0
	drawing.BackgroundColor = color.White
	var values plotter.Values
	var names []string
	for _, each := range r.Rates {
		values = append(values, each.PerSecond())
		names = append(names, fmt.Sprintf("%s, %d", each.Name, each.Clients))
	}
	bars, err := plotter.NewBarChart(values, vg.Points(30))
	if err != nil {
		return err
	}
	bars.Color = plotutil.Color(2)
	drawing.Add(bars)
	drawing.NominalX(names...)
	return drawing.Save(width, height, file)
}
