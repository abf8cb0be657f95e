// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

/// The services with the real engine and the embedded starter model: from a prompt to a rated, saved picture.
class StudioTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPromptBecomesARatedPictureThatIsThereTomorrow();
    void aCancelledBatchKeepsItsFinishedImages();
    void theWindowsPictureIsTheCommandLinesPicture();
    void theTokenCounterCountsWhatTheEngineReads();
    void theExampleCardsShowWhatTheStarterDraws();
};
