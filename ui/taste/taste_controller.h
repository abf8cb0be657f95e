// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QList>
#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>

#include "app/feedback/evaluation_grid.h"
#include "app/feedback/training_forecast.h"
#include "app/feedback/training_service.h"
#include "ui/taste/taste_facts.h"

namespace app {
class Application;
}

namespace ui {

class TastePage;

/// Fills the taste page from the services and does what is wanted on it.
class TasteController final : public QObject {
    Q_OBJECT
public:
    TasteController(app::Application& application, TastePage& page, QObject* parent = nullptr);

    void refresh();  ///< now; otherwise it follows changes by itself, several at once

Q_SIGNALS:
    void failed(inference::Error error);
    void said(QString sentence);

private:
    TasteFacts facts();
    TrainingFacts trainingFacts() const;
    QList<TasteVersion> versionFacts();
    const app::TrainingJobRow* currentJob() const;
    void start();
    void queueJob();
    void askForecast();
    void onJob(inference::Result<void> (app::TrainingService::*act)(app::TrainingJobId));
    void useVersion(const QString& id);
    void shareVersion(const QString& id);
    void askForFile();
    void importFile(const QString& path);
    void readEvidence(const QString& id);
    void exportAnswers();
    void askForName();
    void askToForget();
    void report(const inference::Result<void>& done);

    app::Application& application_;
    TastePage& page_;
    QTimer refresh_timer_;
    app::EvaluationGridReader grids_;
    app::TrainingRunProgress progress_;
    QList<double> losses_;
    qint64 losses_of_ = 0;
    app::TrainingForecaster forecaster_;
    std::optional<inference::Result<app::TrainingForecast>> forecast_;  ///< of the model that is loaded
};

}  // namespace ui
