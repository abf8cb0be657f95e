// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QObject>
#include <QTemporaryDir>
#include <memory>

/// A whole training job, features to verdict, with the real engine and a tiny model, in a process that is killed anywhere and started again.
/// FUSELIGHT_TEST_KILLS says how often.
class JobSurvivalTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aJobThatIsKilledAnywhereEndsInTheSameAdapter();

private:
    /// What a job came to, time aside.
    struct End {
        QByteArray outcome;  ///< JSON
        QByteArray trained;  ///< the file of the adapter as it was trained
        QByteArray shipped;  ///< the file in the adapters folder; empty when the job was refused
    };
    void ratePictures();
    /// Runs the job, killed after `delay_ms` unless that is negative. @return whether it came to its end
    bool run(int delay_ms);
    End end() const;
    static void compare(const End& end, const End& expected);
    void forgetTheRun() const;

    std::unique_ptr<QTemporaryDir> folder_;
    QByteArray said_;  ///< the outcome that the process printed
};

/// The process that is killed: `integration_tests job_survival_child FOLDER`. Prints a line when the engine is there, and the outcome at the end.
int runJobSurvivalChild(const QString& folder);
