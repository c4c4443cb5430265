// Real-time job status updates
websocket.onmessage = function(event) {
    const data = JSON.parse(event.data);
    switch(data.type) {
        case 'job_started':
            updateJobStatus(data.job_name, 'RUNNING');
            break;
        case 'job_progress':
            updateProgressBar(data.job_name, data.progress);
            break;
        case 'job_completed':
            updateJobStatus(data.job_name, 'FINISHED');
            break;
        case 'job_error':
            updateJobStatus(data.job_name, 'ERROR');
            showErrorDetails(data.error_message);
            break;
    }
};
