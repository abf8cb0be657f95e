// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QTemporaryDir>

/// `fuselight generate` and `fuselight bench` as a shell sees them: files, words and exit status.
class CommandLineTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void helpAndVersionNeedNoModelAndNoDisplay();
    void drawsAPictureThatCarriesItsRequest();
    void theSameRequestDrawsTheSamePixels();
    void severalImagesAreNumberedAndEachIsWhatItsSeedDrawsAlone();
    void savedLatentsOfNoStepsGoBackIn();
    void savesEveryFormatItNames();
    void answersInJsonWhenAsked();
    void keepsTheBestOfSeveralByTheProfilesRatings();
    void refusesWhatCannotBeDoneWithOneSentenceAndItsCode_data();
    void refusesWhatCannotBeDoneWithOneSentenceAndItsCode();
    void aDamagedModelIsNamedAndNothingIsWritten();
    void anInterruptedRunSaysSoWithItsCode();
    void aRandomPipelineDrawsAndLayersFromDiskDrawTheSame();
    void aTrainersCheckpointBecomesAPipeline();

private:
    QString path(const QString& name) const { return folder_.filePath(name); }
    QTemporaryDir folder_;
};
