package viz

import (
	"fmt"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/estimate"
)

// Curve is the course of one training, with a name for the legend.
type Curve struct {
	Name   string
	Epochs []estimate.Epoch
}

// LearningCurve draws one training: loss on the left, accuracy on the right,
// each on the training and, if there are any, the validation data. The epochs are
// those of an nn.History or of an estimate.
func LearningCurve(epochs []estimate.Epoch) *display.Panels {
	if len(epochs) == 0 {
		return LearningCurves()
	}
	x, c := columns(epochs)
	last := epochs[len(epochs)-1]
	loss := display.Line("loss", series("training", x, c.trainLoss).Tint(2)).XLabel("epoch")
	if !c.validated {
		return display.Grid(loss, display.Line(fmt.Sprintf("accuracy: %.2f %% in training", 100*last.TrainAcc),
			series("training", x, c.trainAcc).Tint(2)).XLabel("epoch"))
	}
	loss.Add(series("validation", x, c.validLoss).Tint(1))
	return display.Grid(loss, display.Line(fmt.Sprintf("accuracy: %.2f %% on validation", 100*last.ValidAcc),
		series("training", x, c.trainAcc).Tint(2), series("validation", x, c.validAcc).Tint(1),
	).XLabel("epoch"))
}

// LearningCurves draws several trainings over each other: validation as a full
// line, training dashed in the same colour.
func LearningCurves(curves ...Curve) *display.Panels {
	loss, accuracy := display.Line("loss").XLabel("epoch"), display.Line("accuracy").XLabel("epoch")
	drawn := 0
	for _, curve := range curves {
		if len(curve.Epochs) == 0 {
			continue
		}
		drawn++
		x, c := columns(curve.Epochs)
		name := curve.Name
		if c.validated {
			loss.Add(series(name, x, c.validLoss).Tint(drawn))
			accuracy.Add(series(name, x, c.validAcc).Tint(drawn))
			name = "" // the dashed lines have the colour of the full ones
		}
		loss.Add(series(name, x, c.trainLoss).Tint(drawn).Dash())
		accuracy.Add(series(name, x, c.trainAcc).Tint(drawn).Dash())
	}
	title := "validation, and training dashed"
	if drawn == 0 {
		title = "learning curves: nothing was trained yet"
	}
	return display.Grid(loss, accuracy).Title(title)
}

// course is a training, column by column.
type course struct {
	trainLoss, trainAcc, validLoss, validAcc []float64
	validated                                bool // else the last two are zeros
}

func columns(epochs []estimate.Epoch) (x []float64, c course) {
	for _, e := range epochs {
		x = append(x, float64(e.Epoch))
		c.trainLoss, c.trainAcc = append(c.trainLoss, e.TrainLoss), append(c.trainAcc, e.TrainAcc)
		c.validLoss, c.validAcc = append(c.validLoss, e.ValidLoss), append(c.validAcc, e.ValidAcc)
		c.validated = c.validated || e.ValidLoss != 0 || e.ValidAcc != 0
	}
	return x, c
}
