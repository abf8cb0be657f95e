// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QList>
#include <QObject>
#include <QString>
#include <QThreadPool>

namespace app {

/// One prompt of an adapter's evaluation, drawn from the same seed without and with it.
struct EvaluationPair {
    QString prompt;
    QImage base;
    QImage candidate;
};

/// Reads `adapter_folder`/thumbs/NN-base.png and NN-candidate.png as TrainingRun left them, scaled down to fit a square of `side` pixels. A pair that
/// is not whole, or too large, is left out: an imported adapter has none. Not for the GUI thread.
QList<EvaluationPair> readEvaluationGrid(const QString& adapter_folder, int side);

/// Reads grids on a thread of its own. Lives on the GUI thread.
class EvaluationGridReader final : public QObject {
    Q_OBJECT
public:
    explicit EvaluationGridReader(QObject* parent = nullptr);
    ~EvaluationGridReader() override;

    void read(const QString& adapter_id, const QString& adapter_folder, int side);  ///< `ready` follows

Q_SIGNALS:
    void ready(QString adapter_id, QList<app::EvaluationPair> pairs);

private:
    QThreadPool pool_;
};

}  // namespace app
